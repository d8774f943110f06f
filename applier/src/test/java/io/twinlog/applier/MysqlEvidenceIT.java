package io.twinlog.applier;

/** What {@link MariadbEvidenceIT} demands, of a MySQL target. */
class MysqlEvidenceIT extends MariadbEvidenceIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }
}
