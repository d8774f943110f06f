package io.twinlog.capture;

import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;

class MariadbEncryptedIT extends EncryptedSource {

    @Override
    EmbeddedServer start(SelfSigned identity, SelfSigned client) {
        return EmbeddedMariadb.builder().requiringTls(identity).trusting(client).start();
    }

    /** 10.5 says no more than to a wrong password. */
    @Override
    String clearIsRefused(EmbeddedServer server) {
        return ((EmbeddedMariadb) server).knows("uuid") ? super.clearIsRefused(server) : "Access denied";
    }
}
