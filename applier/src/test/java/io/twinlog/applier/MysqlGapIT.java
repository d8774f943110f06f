package io.twinlog.applier;

/** What {@link GapIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlGapIT extends GapIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
