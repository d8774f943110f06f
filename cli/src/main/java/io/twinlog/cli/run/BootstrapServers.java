package io.twinlog.cli.run;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether there is a broker at all. Kafka's clients try one that refuses them until their whole time is over, as they do with one
 * that is only slow; who waits for a report shall wait for the second kind only.
 *
 * @param list {@code host:port} separated by commas
 */
record BootstrapServers(String list) {

    private static final int CONNECT_MILLIS = 3_000;
    private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\s,\\]]+?)\\]?:(\\d{1,5})(?=\\s*(,|$))");

    /** Whether anybody takes connections at any of these addresses. */
    boolean anyListens() {
        Matcher address = ADDRESS.matcher(list);
        while (address.find()) {
            int port = Integer.parseInt(address.group(2));
            if (port <= 65_535 && listens(new InetSocketAddress(address.group(1), port))) {
                return true;
            }
        }
        return false;
    }

    private static boolean listens(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
