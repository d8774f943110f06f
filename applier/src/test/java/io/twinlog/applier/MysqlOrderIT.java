package io.twinlog.applier;

/** What {@link MariadbOrderIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlOrderIT extends MariadbOrderIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
