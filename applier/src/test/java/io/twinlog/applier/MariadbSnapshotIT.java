package io.twinlog.applier;

/** What {@link SnapshotIT} demands, of a MariaDB target. */
class MariadbSnapshotIT extends SnapshotIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
