package io.twinlog.applier;

/** What {@link ApplierIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlApplierIT extends ApplierIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
