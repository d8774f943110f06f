package io.twinlog.applier;

/** What {@link GapIT} demands, of a MariaDB target. */
class MariadbGapIT extends GapIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
