package io.twinlog.applier;

/** What {@link SwapIT} demands, of a MariaDB target. */
class MariadbSwapIT extends SwapIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    @Override
    int wanted() {
        return 2_000;
    }
}
