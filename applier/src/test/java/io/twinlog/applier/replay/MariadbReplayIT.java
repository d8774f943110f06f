package io.twinlog.applier.replay;

import io.twinlog.applier.TargetVendor;

/** What {@link ReplayIT} demands, of a MariaDB target. */
class MariadbReplayIT extends ReplayIT {

    @Override
    protected TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
