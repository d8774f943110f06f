package io.twinlog.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports of the loopback address that nobody listens on. They are taken from below the range that the system gives to
 * outgoing connections, so that a server that was stopped finds its port free when it comes back.
 */
public final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 1000;
    private static final Duration COPIES_LIVE = Duration.ofSeconds(3);

    /** {@code 1/2} is the first half of the ports. */
    static final String SHARE_PROPERTY = "twinlog.ports";

    private static final Pattern SHARE = Pattern.compile("([1-9]\\d*)/([1-9]\\d*)");

    /** A port that was given away may be bound later only: a server's, while the ports of its neighbours are chosen. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port that was free a moment ago, chosen at random; never the same twice in this JVM while there are others. */
    public static int find() {
        Range range = Range.ofThisJvm();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(range.first(), range.last());
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new SandboxException("No free port was found between " + range.first() + " and " + range.last() + " in "
                + ATTEMPTS + " attempts");
    }

    /** The ports from {@code first} to below {@code last}. */
    private record Range(int first, int last) {
        /** The share of this JVM, where its starter named one: JVMs that start servers at the same time must not meet. */
        static Range ofThisJvm() {
            Matcher share = SHARE.matcher(System.getProperty(SHARE_PROPERTY, ""));
            if (!share.matches()) {
                return new Range(FIRST, LAST);
            }
            int number = Integer.parseInt(share.group(1));
            int width = (LAST - FIRST) / Integer.parseInt(share.group(2));
            return new Range(FIRST + (number - 1) * width, FIRST + number * width);
        }
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

    // A process that is being started beside us holds copies of our sockets until it has become another program, that
    // of a look for a free port among them: such a port is free again in a moment.
    static void require(int port, String server) {
        if (!Condition.within(COPIES_LIVE).holds(() -> isFree(port))) {
            throw new SandboxException("Another program listens on port " + port + ", which " + server
                    + " needs. Stop it, or choose another port.");
        }
    }
}
