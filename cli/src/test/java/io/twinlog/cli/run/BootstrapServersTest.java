package io.twinlog.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class BootstrapServersTest {

    @Test
    void one_that_listens_is_enough() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String nobody = "127.0.0.1:" + FreePort.find();
            String somebody = "localhost:" + server.getLocalPort();
            assertThat(new BootstrapServers(somebody).anyListens()).isTrue();
            assertThat(new BootstrapServers(nobody + ", " + somebody).anyListens())
                    .isTrue();
            assertThat(new BootstrapServers(nobody + "," + nobody).anyListens()).isFalse();
        }
    }

    @Test
    void what_is_no_address_does_not_listen() {
        assertThat(new BootstrapServers("").anyListens()).isFalse();
        assertThat(new BootstrapServers("127.0.0.1:99999").anyListens()).isFalse();
        assertThat(new BootstrapServers("no-such-host.invalid:9092").anyListens())
                .isFalse();
    }
}
