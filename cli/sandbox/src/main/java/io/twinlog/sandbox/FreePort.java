package io.twinlog.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback address that nobody listens on. They are taken from below the range that the system gives to
 * outgoing connections, so that a server that was stopped finds its port free when it comes back.
 */
public final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 100;

    private FreePort() {}

    /** A port that was free a moment ago, chosen at random. */
    public static int find() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new SandboxException(
                "No free port was found between " + FIRST + " and " + LAST + " in " + ATTEMPTS + " attempts");
    }

    /** Whether a server could listen on this port of the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static void require(int port, String server) {
        if (!isFree(port)) {
            throw new SandboxException("Another program listens on port " + port + ", which " + server
                    + " needs. Stop it, or choose another port.");
        }
    }
}
