package io.twinlog.applier;

/** What {@link ConflictIT} demands, of a MariaDB target. */
class MariadbConflictIT extends ConflictIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
