package io.twinlog.applier.target.mariadb;

import io.twinlog.schemas.origin.OriginMark;
import java.util.List;

/** MySQL. Immutable. */
record MysqlFlavor() implements ServerFlavor {

    private static final String SETTINGS =
            "SET SESSION foreign_key_checks = 0, unique_checks = 1, innodb_lock_wait_timeout = 10, lock_wait_timeout = 10,"
                    + " max_execution_time = 0, wait_timeout = 28800, sql_safe_updates = 0,"
                    + " sql_select_limit = 18446744073709551615, group_concat_max_len = 1048576";

    private static final String BLOCKING =
            "SELECT DISTINCT b.trx_mysql_thread_id, p.\"USER\", p.host, p.command, b.trx_started"
                    + " FROM performance_schema.data_lock_waits w JOIN information_schema.innodb_trx r ON r.trx_id ="
                    + " w.requesting_engine_transaction_id JOIN information_schema.innodb_trx b ON b.trx_id ="
                    + " w.blocking_engine_transaction_id LEFT JOIN information_schema.processlist p ON p.id ="
                    + " b.trx_mysql_thread_id WHERE r.trx_mysql_thread_id = ? ORDER BY 1";

    @Override
    public String product() {
        return "MySQL";
    }

    /** With the binary collation that pads nothing, and checks of constraints. */
    @Override
    public String oldest() {
        return "8.0.17";
    }

    @Override
    public List<String> settings() {
        return List.of(SETTINGS);
    }

    @Override
    public String identity() {
        return "@@server_uuid";
    }

    @Override
    public String blocking() {
        return BLOCKING;
    }

    @Override
    public String marker() {
        return "tag of GTIDs";
    }

    @Override
    public String mark(String replication) {
        return OriginMark.gtidTag(replication);
    }

    /** From 8.3 on, with gtid_mode = ON. */
    @Override
    public String marking(String replication) {
        return "SET SESSION gtid_next = 'AUTOMATIC:" + mark(replication) + "'";
    }

    @Override
    public String markingPrivilege() {
        return "TRANSACTION_GTID_TAG";
    }

    /** There is no type for it. */
    @Override
    public String uuid() {
        return "char(36) CHARACTER SET ascii";
    }

    @Override
    public String binaryCollation() {
        return "utf8mb4_0900_bin";
    }

    @Override
    public boolean hasJson() {
        return true;
    }

    /** MySQL fixes the types of parameters when a statement is prepared, by guesses about a CASE. */
    @Override
    public boolean takesManyRows() {
        return false;
    }
}
