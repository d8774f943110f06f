package io.twinlog.applier;

/** What {@link HeldKeyIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlHeldKeyIT extends HeldKeyIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
