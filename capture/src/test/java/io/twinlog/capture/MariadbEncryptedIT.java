package io.twinlog.capture;

import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.SelfSigned;

class MariadbEncryptedIT extends EncryptedSource {

    @Override
    EmbeddedServer start(SelfSigned identity, SelfSigned client) {
        return EmbeddedMariadb.builder().requiringTls(identity).trusting(client).start();
    }
}
