package io.twinlog.applier;

/** What {@link MariadbDifferentialIT} demands, of a MySQL target. */
class MysqlDifferentialIT extends MariadbDifferentialIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }

    @Override
    String uuid() {
        return "char(36) CHARACTER SET ascii";
    }
}
