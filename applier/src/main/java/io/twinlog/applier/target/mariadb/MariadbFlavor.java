package io.twinlog.applier.target.mariadb;

import io.twinlog.schemas.origin.OriginMark;
import java.util.List;

/**
 * MariaDB. Immutable.
 *
 * @param version as the server says it
 */
record MariadbFlavor(String version) implements ServerFlavor {

    private static final int RELEASE_WITH_UUID = 10_007_000;

    // As a capture of this server writes it down. Versions of before summer 2024 have no server_uid.
    private static final String IDENTITY = "@@global.server_id, '@', coalesce((SELECT variable_value FROM"
            + " information_schema.global_variables WHERE variable_name = 'SERVER_UID'), 'null')";

    // Foreign keys: the effects of cascades are in the log of a source that has them, like those of triggers. Locks:
    // as on PostgreSQL, ten seconds.
    private static final String SETTINGS =
            "SET SESSION foreign_key_checks = 0, unique_checks = 1, check_constraint_checks = 1,"
                    + " innodb_lock_wait_timeout = 10, lock_wait_timeout = 10, max_statement_time = 0,"
                    + " idle_transaction_timeout = 0, idle_write_transaction_timeout = 0, wait_timeout = 28800,"
                    + " sql_safe_updates = 0, sql_select_limit = 18446744073709551615, group_concat_max_len = 1048576";

    // Who holds a lock that a session wants, of rows; who holds one of a whole table the server does not say.
    private static final String BLOCKING =
            "SELECT DISTINCT b.trx_mysql_thread_id, p.\"USER\", p.host, p.command, b.trx_started"
                    + " FROM information_schema.innodb_lock_waits w JOIN information_schema.innodb_trx r ON r.trx_id ="
                    + " w.requesting_trx_id JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id LEFT JOIN"
                    + " information_schema.processlist p ON p.id = b.trx_mysql_thread_id WHERE r.trx_mysql_thread_id = ? ORDER BY 1";

    @Override
    public String product() {
        return "MariaDB";
    }

    @Override
    public String oldest() {
        return "10.5";
    }

    @Override
    public List<String> settings() {
        return List.of(SETTINGS);
    }

    @Override
    public String identity() {
        return IDENTITY;
    }

    @Override
    public String blocking() {
        return BLOCKING;
    }

    @Override
    public String marker() {
        return "server_id";
    }

    /** The server id that our writes carry in the target's binlog. */
    @Override
    public String mark(String replication) {
        return String.valueOf(OriginMark.serverId(replication));
    }

    @Override
    public String marking(String replication) {
        return "SET SESSION server_id = " + mark(replication);
    }

    @Override
    public String markingPrivilege() {
        return "BINLOG REPLAY";
    }

    @Override
    public String uuid() {
        return MariadbSessions.release(version) < RELEASE_WITH_UUID ? "char(36) CHARACTER SET ascii" : "uuid";
    }

    @Override
    public String binaryCollation() {
        return "utf8mb4_nopad_bin";
    }

    @Override
    public boolean hasJson() {
        return false;
    }

    @Override
    public boolean takesManyRows() {
        return true;
    }
}
