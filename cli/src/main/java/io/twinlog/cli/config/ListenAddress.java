package io.twinlog.cli.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a server of ours listens. Immutable. */
public record ListenAddress(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:]+]|[^:\\s\\[\\]]+):(\\d{1,5})");
    private static final int HIGHEST_PORT = 65_535;

    /** Reads {@code HOST:PORT}; the message of the {@link IllegalArgumentException} says what is wanted. */
    public static ListenAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > HIGHEST_PORT) {
            throw new IllegalArgumentException(
                    "must be HOST:PORT, such as localhost:9464, or 0.0.0.0:9464 for every network interface");
        }
        return new ListenAddress(matcher.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(matcher.group(2)));
    }

    /** Looks the host up. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
