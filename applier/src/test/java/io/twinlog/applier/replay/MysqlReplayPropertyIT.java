package io.twinlog.applier.replay;

import io.twinlog.applier.TargetVendor;

/** What {@link ReplayPropertyIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlReplayPropertyIT extends ReplayPropertyIT {

    @Override
    protected TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
