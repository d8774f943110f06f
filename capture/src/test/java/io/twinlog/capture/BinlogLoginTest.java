package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.binlog.BinlogConnection.Endpoint;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that asks for a plugin of authentication that the binlog's library does not have, as far as such a login goes. */
class BinlogLoginTest {

    private static final byte[] SCRAMBLE = "abcdefghijklmnopqrst".getBytes(StandardCharsets.US_ASCII);

    private static byte[] packet(int number, byte[] body) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(body.length);
        packet.write(body.length >> 8);
        packet.write(0);
        packet.write(number);
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    /** HandshakeV10. */
    private static byte[] greeting() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(10);
        body.writeBytes("11.4.5-MariaDB\0".getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(new byte[] {1, 0, 0, 0});
        body.write(SCRAMBLE, 0, 8);
        body.write(0);
        // The older capabilities, utf8mb4, autocommit, the newer ones with plugins; length of the scramble; ten unused
        // bytes.
        body.writeBytes(new byte[] {(byte) 0xff, (byte) 0xf7, 45, 2, 0, (byte) 0xff, (byte) 0x81, 21});
        body.writeBytes(new byte[10]);
        body.write(SCRAMBLE, 8, 12);
        body.write(0);
        body.writeBytes("mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    /** AuthSwitchRequest. */
    private static byte[] request(String plugin) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(0xfe);
        body.writeBytes((plugin + "\0").getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(new byte[32]);
        return body.toByteArray();
    }

    private static void serve(ServerSocket server, String plugin) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write(packet(0, greeting()));
            InputStream in = client.getInputStream();
            byte[] header = in.readNBytes(4);
            in.readNBytes((header[0] & 0xff) + ((header[1] & 0xff) << 8));
            client.getOutputStream().write(packet(2, request(plugin)));
            // Until the client gives up.
            in.readAllBytes();
        } catch (IOException e) {
            // So does one that resets the connection.
        }
    }

    @Test
    @Timeout(30)
    void a_plugin_that_is_not_there_is_named_with_what_to_do() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server, "client_ed25519"));
            thread.start();
            Endpoint endpoint = new Endpoint("127.0.0.1", server.getLocalPort(), "twinlog", "secret", null);
            SQLException refused = catchThrowableOfType(
                    SQLException.class,
                    () -> BinlogConnection.open(endpoint, 1_000_000_001L, "binlog.000001", 4, false));
            thread.join();
            TwinlogException failure = MariadbSource.sqlFailure(refused, null);
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure)
                    .hasMessageContaining("client_ed25519")
                    .hasMessageContaining("source.user log in by caching_sha2_password")
                    .hasMessageContaining("mysql_native_password");
        }
    }
}
