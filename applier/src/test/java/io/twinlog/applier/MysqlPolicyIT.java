package io.twinlog.applier;

/** What {@link MariadbPolicyIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlPolicyIT extends MariadbPolicyIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
