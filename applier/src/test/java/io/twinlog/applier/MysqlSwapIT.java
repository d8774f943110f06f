package io.twinlog.applier;

/** What {@link MariadbSwapIT} demands, of a MySQL target. */
class MysqlSwapIT extends MariadbSwapIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
