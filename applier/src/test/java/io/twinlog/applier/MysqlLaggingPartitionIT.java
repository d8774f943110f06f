package io.twinlog.applier;

/** What {@link LaggingPartitionIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlLaggingPartitionIT extends LaggingPartitionIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
