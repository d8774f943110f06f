package io.twinlog.applier;

/** What {@link ApplierIT} demands, of a MariaDB target. */
class MariadbApplierIT extends ApplierIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
