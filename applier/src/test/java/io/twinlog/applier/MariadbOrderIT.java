package io.twinlog.applier;

/** What {@link OrderIT} demands, of a MariaDB target. */
class MariadbOrderIT extends OrderIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
