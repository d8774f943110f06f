package io.twinlog.applier;

import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;

/** What {@link MariadbOutageFaultIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlOutageFaultIT extends MariadbOutageFaultIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MYSQL;
    }

    @Override
    EmbeddedServer server(SelfSigned identity) {
        return EmbeddedMysql.builder().requiringTls(identity).start();
    }
}
