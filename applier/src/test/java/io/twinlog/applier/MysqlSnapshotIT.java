package io.twinlog.applier;

/** What {@link SnapshotIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlSnapshotIT extends SnapshotIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
