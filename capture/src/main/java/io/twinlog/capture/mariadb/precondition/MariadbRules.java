package io.twinlog.capture.mariadb.precondition;

import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import java.util.List;

/** MariaDB. Immutable. */
record MariadbRules() implements ServerRules {

    @Override
    public String oldest() {
        return "10.5";
    }

    @Override
    public String whyNotOlder() {
        return "does not describe its tables in the binlog";
    }

    @Override
    public List<Required> required() {
        return List.of(new Required("log_bin_compress", "OFF", "Compressed events cannot be read"));
    }

    @Override
    public String monitoring() {
        return "BINLOG MONITOR";
    }

    /** The server tells the place of a snapshot. */
    @Override
    public boolean snapshotMayLock() {
        return false;
    }

    @Override
    public boolean logsCascades(BinlogFiles files) {
        return false;
    }
}
