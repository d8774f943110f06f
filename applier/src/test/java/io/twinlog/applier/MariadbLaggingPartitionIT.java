package io.twinlog.applier;

/** What {@link LaggingPartitionIT} demands, of a MariaDB target. */
class MariadbLaggingPartitionIT extends LaggingPartitionIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }
}
