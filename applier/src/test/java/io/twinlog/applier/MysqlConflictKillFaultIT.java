package io.twinlog.applier;

/** What {@link MariadbConflictKillFaultIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlConflictKillFaultIT extends MariadbConflictKillFaultIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }

    @Override
    int kills() {
        return 25;
    }

    @Override
    int processes() {
        return 6;
    }
}
