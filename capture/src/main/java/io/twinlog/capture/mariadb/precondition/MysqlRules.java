package io.twinlog.capture.mariadb.precondition;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import java.sql.SQLException;
import java.util.List;

/** MySQL. Immutable. */
record MysqlRules() implements ServerRules {

    @Override
    public String oldest() {
        return "8.0";
    }

    @Override
    public String whyNotOlder() {
        return "does not describe its tables in the binlog";
    }

    @Override
    public List<Required> required() {
        return List.of(new Required("binlog_row_value_options", "", "JSON documents would be logged in parts"));
    }

    @Override
    public String monitoring() {
        return "REPLICATION CLIENT";
    }

    @Override
    public boolean snapshotMayLock() {
        return true;
    }

    /** From 9.6 on, unless the engine is told to do it as before. */
    @Override
    public boolean logsCascades(BinlogFiles files) throws SQLException {
        return "OFF".equals(files.variable("innodb_native_foreign_keys"));
    }
}
