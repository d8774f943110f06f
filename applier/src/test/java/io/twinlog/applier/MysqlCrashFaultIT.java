package io.twinlog.applier;

/** What {@link CrashFaultIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlCrashFaultIT extends CrashFaultIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
