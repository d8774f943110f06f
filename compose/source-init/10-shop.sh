#!/usr/bin/env bash
# The shop, and a role that may capture it.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$TWINLOG_PASSWORD" --username postgres --dbname shop <<'SQL'
CREATE TABLE account (id bigint PRIMARY KEY, owner text NOT NULL, balance numeric(12,2) NOT NULL);
ALTER TABLE account REPLICA IDENTITY FULL;
INSERT INTO account SELECT i, 'customer ' || i, 100 FROM generate_series(1, 10000) i;

CREATE ROLE twinlog LOGIN REPLICATION PASSWORD :'password';
GRANT CREATE ON DATABASE shop TO twinlog;
ALTER TABLE account OWNER TO twinlog;
SQL
