package io.twinlog.applier.replay;

import io.twinlog.applier.TargetVendor;

/** What {@link ReplayIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlReplayIT extends ReplayIT {

    @Override
    protected TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
