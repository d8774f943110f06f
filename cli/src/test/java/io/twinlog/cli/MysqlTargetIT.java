package io.twinlog.cli;

import io.twinlog.cli.support.Servers;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;

/** What {@link MariadbTargetIT} demands, of a MySQL target. Runs with -Pmysql only. */
class MysqlTargetIT extends MariadbTargetIT {

    MysqlTargetIT(Servers servers) {
        super(servers);
    }

    @Override
    EmbeddedServer start(SelfSigned identity, SelfSigned client) {
        return EmbeddedMysql.builder()
                .withoutBinlog()
                .requiringTls(identity)
                .trusting(client)
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .password("secret")
                .start();
    }

    @Override
    String product() {
        return "MySQL 9.";
    }
}
