#!/usr/bin/env bash
# The shop's twin for the daemon, another one for Kafka Connect, and a role that may write them.
set -euo pipefail
createdb --username postgres warehouse
for database in shop warehouse; do
    psql -v ON_ERROR_STOP=1 -v database="$database" -v password="$TWINLOG_PASSWORD" --username postgres --dbname "$database" <<'SQL'
SELECT 'CREATE ROLE twinlog LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'twinlog') \gexec
ALTER ROLE twinlog PASSWORD :'password';
CREATE TABLE account (id bigint PRIMARY KEY, owner text NOT NULL, balance numeric(12,2) NOT NULL);

GRANT CREATE ON DATABASE :"database" TO twinlog;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO twinlog;
GRANT SET ON PARAMETER session_replication_role TO twinlog;
GRANT EXECUTE ON FUNCTION pg_replication_origin_create(text), pg_replication_origin_oid(text),
    pg_replication_origin_session_setup(text), pg_replication_origin_xact_setup(pg_lsn, timestamptz) TO twinlog;
SQL
done
