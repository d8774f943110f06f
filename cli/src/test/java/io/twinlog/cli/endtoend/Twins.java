package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.Main;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.KafkaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Two PostgreSQL servers, a broker that can be killed, and the product's processes between them. */
final class Twins implements AutoCloseable {

    static final String DATABASE = "shop";
    static final String REPLICATION = "shop";
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(3);

    final EmbeddedPostgres source;
    final EmbeddedPostgres target;
    final KafkaProcess kafka;
    final Path directory;
    final Path configuration;
    private final Map<String, JavaProcess> processes = new LinkedHashMap<>();
    private final String heap;

    private Twins(
            Path directory,
            String heap,
            EmbeddedPostgres source,
            EmbeddedPostgres target,
            KafkaProcess kafka,
            String yaml) {
        this.directory = directory;
        this.heap = heap;
        this.source = source;
        this.target = target;
        this.kafka = kafka;
        this.configuration = directory.resolve("twinlog.yaml");
        write(yaml);
    }

    static Twins start(Path directory, String snapshot, String heap) {
        // At the same time: each of them waits for its disk and its own start more than it computes.
        CompletableFuture<EmbeddedPostgres> sourceStart =
                CompletableFuture.supplyAsync(() -> postgres(directory.resolve("source")));
        CompletableFuture<EmbeddedPostgres> targetStart =
                CompletableFuture.supplyAsync(() -> postgres(directory.resolve("target")));
        KafkaProcess kafka =
                KafkaProcess.builder().directory(directory.resolve("kafka")).start();
        EmbeddedPostgres source = sourceStart.join();
        EmbeddedPostgres target = targetStart.join();
        String yaml = yaml(
                kafka.bootstrapServers(), source.jdbcUrl(DATABASE), target.jdbcUrl(DATABASE), source.user(), snapshot);
        return new Twins(directory, heap, source, target, kafka, yaml);
    }

    private static EmbeddedPostgres postgres(Path directory) {
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .directory(directory)
                .setting("max_wal_size", "4GB")
                .setting("shared_buffers", "256MB")
                .start();
        server.createDatabase(DATABASE);
        return server;
    }

    static String yaml(String bootstrap, String sourceUrl, String targetUrl, String user, String snapshot) {
        return """
                replication: %s
                kafka: { bootstrap.servers: "%s" }
                source: { url: "%s", user: %s, password: "x", tables: ["public.*"] }
                target: { url: "%s", user: %s, password: "x" }
                capture: { snapshot: %s, partitions: 3 }
                apply: { existing.rows: fail-if-not-empty }
                """.formatted(REPLICATION, bootstrap, sourceUrl, user, targetUrl, user, snapshot);
    }

    /** Replaces the configuration file; running processes keep the one they have read. */
    void write(String yaml) {
        try {
            Files.writeString(configuration, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs SQL on both sides. */
    void onBoth(String... statements) {
        source.execute(DATABASE, statements);
        target.execute(DATABASE, statements);
    }

    /** Starts {@code capture}, {@code apply} or {@code run}; a former process of that name must have ended. */
    JavaProcess launch(String command) {
        JavaProcess old = processes.get(command);
        assertThat(old == null || !old.isRunning()).as("%s still runs", command).isTrue();
        JavaProcess process = JavaProcess.of(Main.class)
                .likeLauncher(heap)
                .option("-XX:+ExitOnOutOfMemoryError")
                .output(directory.resolve(command + ".log"))
                .arguments(command, "-f", configuration.toString())
                .start();
        processes.put(command, process);
        return process;
    }

    JavaProcess process(String command) {
        JavaProcess process = processes.get(command);
        assertThat(process).as("%s was never started", command).isNotNull();
        return process;
    }

    void kill(String command) {
        process(command).kill();
        process(command).awaitExit(Duration.ofSeconds(30));
    }

    /** Runs a command to its end; returns its output after checking its exit code. */
    String command(int expectedExit, String... arguments) {
        try (JavaProcess process = JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments(arguments)
                .arguments("-f", configuration.toString())
                .start()) {
            int exit = process.awaitExit(COMMAND_LIMIT);
            assertThat(exit)
                    .as("%s ended with:%n%s%n%s", String.join(" ", arguments), process.output(), logs())
                    .isEqualTo(expectedExit);
            return process.output();
        }
    }

    /** Waits until all that the source has committed is applied. */
    void awaitApplied() {
        command(0, "wait", "--timeout", "150s");
    }

    /** Fails unless every table of the source has the same rows on both sides. */
    void assertEqual(String... tables) {
        for (String table : tables) {
            String query =
                    "SELECT count(*) || ' rows, hash ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM "
                            + table + " t";
            assertThat(text(target, query))
                    .as("rows of %s at the target%n%s", table, logs())
                    .isEqualTo(text(source, query));
        }
    }

    void assertNoConflicts() {
        String list = command(0, "conflicts", "list", "--json");
        assertThat(list).as("spurious conflicts").doesNotContain("\"id\"");
    }

    static String text(EmbeddedPostgres server, String query) {
        try (Connection connection = server.connect(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    /** The tail of what the processes have said, for messages. */
    String logs() {
        StringBuilder text = new StringBuilder();
        processes.forEach((name, process) -> {
            String output = process.output();
            text.append("--- ")
                    .append(name)
                    .append(":\n")
                    .append(output.substring(Math.max(0, output.length() - 6000)));
        });
        return text.toString();
    }

    @Override
    public void close() {
        processes.values().forEach(JavaProcess::close);
        kafka.close();
        target.close();
        source.close();
    }
}
