package io.twinlog.applier;

/** What {@link MariadbRefusalIT} demands, of a MySQL target. */
class MysqlRefusalIT extends MariadbRefusalIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
