package io.twinlog.applier;

/** What {@link CrashFaultIT} demands, of a MariaDB target, in short. */
class MariadbCrashFaultIT extends CrashFaultIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    @Override
    int kills() {
        return Servers.LONG ? super.kills() : 2;
    }

    @Override
    int rows() {
        return Servers.LONG ? super.rows() : 100_000;
    }

    @Override
    String heap() {
        return Servers.LONG ? super.heap() : "64m";
    }
}
