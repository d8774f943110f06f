package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyIT {
    private ServerSocket echo;
    private TcpProxy line;
    private volatile Socket server;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(FreePort.find(), 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
        line = TcpProxy.to(echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        line.close();
        line.close();
        echo.close();
    }

    @Test
    void healthy_line_carries_both_ways() throws IOException {
        try (Socket client = connect()) {
            assertThat(say(client, 'a')).isEqualTo('a');
            assertThat(say(client, 'b')).isEqualTo('b');
        }
    }

    @Test
    void cut_line_resets_and_refuses_until_it_is_healed() throws IOException {
        try (Socket client = connect()) {
            say(client, 'a');
            line.cut();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        }
        line.heal();
        try (Socket client = connect()) {
            assertThat(say(client, 'b')).isEqualTo('b');
        }
    }

    @Test
    void frozen_line_stays_open_and_carries_later() throws IOException {
        try (Socket client = connect()) {
            say(client, 'a');
            line.freeze();
            client.setSoTimeout(200);
            assertThatThrownBy(() -> say(client, 'b')).isInstanceOf(SocketTimeoutException.class);
            line.heal();
            client.setSoTimeout(30_000);
            assertThat(client.getInputStream().read()).isEqualTo('b');
        }
    }

    @Test
    void line_frozen_upwards_tells_what_it_holds_back_and_lets_answers_come() throws IOException {
        try (Socket client = connect()) {
            say(client, 'a');
            line.freezeUp();
            client.getOutputStream().write("to say".getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> line.holdsBack("say"));
            assertThat(line.holdsBack("said")).isFalse();
            server.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            line.heal();
            assertThat(client.getInputStream().read()).isEqualTo('t');
            Awaitility.await().until(() -> !line.holdsBack("say"));
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), line.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static int say(Socket socket, int word) throws IOException {
        socket.getOutputStream().write(word);
        return socket.getInputStream().read();
    }

    private void serve() {
        while (!echo.isClosed()) {
            try (Socket socket = echo.accept()) {
                server = socket;
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The line was cut, or the test is over.
            }
        }
    }
}
