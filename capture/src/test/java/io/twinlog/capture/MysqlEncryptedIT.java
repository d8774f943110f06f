package io.twinlog.capture;

import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;

/** Runs with -Pmysql only. */
class MysqlEncryptedIT extends EncryptedSource {

    @Override
    EmbeddedServer start(SelfSigned identity, SelfSigned client) {
        return EmbeddedMysql.builder().requiringTls(identity).trusting(client).start();
    }
}
