package io.twinlog.applier;

/** What {@link ConflictIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlConflictIT extends ConflictIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
