package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of an embedded server, written to {@code twinlog.conf} at every start and included by postgresql.conf; never
 * passed on the command line, where they would beat {@code ALTER SYSTEM}.
 */
final class PostgresSettings {
    private static final String FILE = "twinlog.conf";

    private final Map<String, String> values = new LinkedHashMap<>();

    PostgresSettings(Map<String, String> extra) {
        // A fault test on a server that may lose acknowledged commits proves nothing.
        values.put("fsync", "on");
        values.put("full_page_writes", "on");
        values.put("synchronous_commit", "on");
        values.put("wal_level", "logical");
        values.put("max_replication_slots", "10");
        values.put("max_wal_senders", "10");
        values.put("track_commit_timestamp", "on");
        values.put("listen_addresses", "127.0.0.1");
        // The path of a socket may have 107 bytes only, less than many a build directory.
        values.put("unix_socket_directories", "");
        values.put("logging_collector", "off");
        values.put("lc_messages", "C");
        values.putAll(extra);
    }

    /** Makes a fresh data directory read our file. */
    static void include(Path dataDirectory) throws IOException {
        Files.writeString(
                dataDirectory.resolve("postgresql.conf"),
                System.lineSeparator() + "include_if_exists = '" + FILE + "'" + System.lineSeparator(),
                StandardOpenOption.APPEND);
    }

    void write(Path dataDirectory, int port) throws IOException {
        StringBuilder text = new StringBuilder("# Written at every start.").append(System.lineSeparator());
        values.forEach((name, value) -> text.append(line(name, value)));
        text.append(line("port", Integer.toString(port)));
        Files.writeString(dataDirectory.resolve(FILE), text);
    }

    private static String line(String name, String value) {
        return name + " = '" + value.replace("\\", "\\\\").replace("'", "''") + "'" + System.lineSeparator();
    }
}
