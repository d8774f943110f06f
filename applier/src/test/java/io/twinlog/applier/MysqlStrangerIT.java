package io.twinlog.applier;

/** What {@link MariadbStrangerIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlStrangerIT extends MariadbStrangerIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
