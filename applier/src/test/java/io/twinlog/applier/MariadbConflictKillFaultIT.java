package io.twinlog.applier;

/** What {@link ConflictKillFaultIT} demands, of a MariaDB target, in short. */
class MariadbConflictKillFaultIT extends ConflictKillFaultIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    /** There is one database {@code public}. */
    @Override
    int replications() {
        return 1;
    }

    @Override
    int kills() {
        return Servers.LONG ? 100 : 5;
    }

    @Override
    int processes() {
        return Servers.LONG ? super.processes() : 2;
    }
}
