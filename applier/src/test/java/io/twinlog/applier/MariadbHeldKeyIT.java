package io.twinlog.applier;

/** What {@link HeldKeyIT} demands, of a MariaDB target. */
class MariadbHeldKeyIT extends HeldKeyIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
