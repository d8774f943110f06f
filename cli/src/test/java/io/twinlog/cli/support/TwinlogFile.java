package io.twinlog.cli.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration file for the servers of a test, with the password in a file beside it; values can be replaced. */
public final class TwinlogFile {

    private final Path directory;
    private final Map<String, String> values = new LinkedHashMap<>();

    public TwinlogFile(Path directory, Servers servers, String name) {
        this.directory = directory;
        values.put("replication", name);
        values.put("kafka", "{ bootstrap.servers: \"" + servers.kafka().bootstrapServers() + "\" }");
        values.put("source.url", servers.source().jdbcUrl(name));
        values.put("source.user", "postgres");
        values.put("source.password", "${file:password}");
        values.put("source.tables", "[\"public.*\"]");
        values.put("target.url", servers.target().jdbcUrl(name));
        values.put("target.user", "postgres");
        values.put("target.password", "${file:password}");
        beside("password", Servers.PASSWORD);
    }

    public TwinlogFile with(String key, String value) {
        values.put(key, value);
        return this;
    }

    public TwinlogFile beside(String name, String content) {
        write(directory.resolve(name), content);
        return this;
    }

    /** Writes the file and returns its path. */
    public Path path() {
        StringBuilder text = new StringBuilder();
        String section = "";
        for (Map.Entry<String, String> value : values.entrySet()) {
            int dot = value.getKey().indexOf('.');
            String own = dot < 0 ? "" : value.getKey().substring(0, dot);
            if (!own.isEmpty() && !own.equals(section)) {
                text.append(own).append(":\n");
            }
            section = own;
            text.append(own.isEmpty() ? "" : "  ")
                    .append(value.getKey().substring(dot + 1))
                    .append(": ")
                    .append(value.getValue())
                    .append('\n');
        }
        Path file = directory.resolve("twinlog.yaml");
        write(file, text.toString());
        return file;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
