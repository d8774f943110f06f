package io.twinlog.cli.servers;

import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source, a target and a broker, started side by side. They end with this JVM, however it ends; what they hold stays in their
 * directory if they were given one. One thread starts and uses them; {@link #close()} may come from another.
 */
public final class SandboxServers implements AutoCloseable {

    private final Kind sourceKind;
    private final Kind targetKind;
    private final CompletableFuture<EmbeddedServer> source;
    private final CompletableFuture<EmbeddedServer> target;
    private final CompletableFuture<EmbeddedKafka> kafka;

    private SandboxServers(@Nullable Path directory, Ports ports, Kind sourceKind, Kind targetKind) {
        this.sourceKind = sourceKind;
        this.targetKind = targetKind;
        this.source = starting("source", () -> server(sourceKind, directory, "source", ports.source()));
        this.target = starting("target", () -> server(targetKind, directory, "target", ports.target()));
        this.kafka = starting("kafka", () -> kafka(directory, ports.kafka()));
    }

    /** A kind of database server. */
    public enum Kind {
        POSTGRESQL,
        MARIADB
    }

    /**
     * Where the servers listen; 0 takes a free port.
     */
    public record Ports(int source, int target, int kafka) {
        public static final Ports DEFAULT = new Ports(54321, 54322, 9092);
        public static final Ports FREE = new Ports(0, 0, 0);

        /** Three ports in a row. */
        public static Ports from(int base) {
            return new Ports(base, base + 1, base + 2);
        }
    }

    /** Begins to start two PostgreSQL servers and a broker whose data lives in a directory, or in temporary ones if it is null, and does not wait. */
    public static SandboxServers starting(@Nullable Path directory, Ports ports) {
        return new SandboxServers(directory, ports, Kind.POSTGRESQL, Kind.POSTGRESQL);
    }

    /** Starts servers and returns when all take clients; stops those that started if another one did not. */
    public static SandboxServers start(Path directory, Ports ports, Kind sourceKind, Kind targetKind)
            throws InterruptedException {
        SandboxServers servers = new SandboxServers(directory, ports, sourceKind, targetKind);
        try {
            servers.await();
        } catch (TwinlogException | InterruptedException e) {
            servers.close();
            throw e;
        }
        return servers;
    }

    /** Waits until all servers take clients; the exception names every server that does not. */
    public void await() throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (CompletableFuture<?> server : List.of(source, target, kafka)) {
            try {
                server.get();
            } catch (ExecutionException e) {
                failures.add(String.valueOf(
                        e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
            }
        }
        if (!failures.isEmpty()) {
            throw new TwinlogException(Category.CONFIG, String.join("\ntwinlog: ", failures));
        }
    }

    public EmbeddedServer source() {
        return source.join();
    }

    public EmbeddedServer target() {
        return target.join();
    }

    public EmbeddedKafka kafka() {
        return kafka.join();
    }

    /** Creates a database on both sides, and there what source tables go to, unless it is there. */
    public void createDatabase(String name) {
        createDatabase(sourceKind, source(), name);
        createDatabase(targetKind, target(), name);
    }

    private void createDatabase(Kind kind, EmbeddedServer server, String name) {
        String schema = schema(name);
        if (kind == Kind.MARIADB) {
            server.execute("", "CREATE DATABASE IF NOT EXISTS `" + schema.replace("`", "``") + "`");
            return;
        }
        if (!exists(server, name)) {
            server.createDatabase(name);
        }
        server.execute(name, "CREATE SCHEMA IF NOT EXISTS \"" + schema.replace("\"", "\"\"") + "\"");
    }

    /** What qualifies the names of tables: MariaDB has its databases for that. */
    private String schema(String database) {
        return sourceKind == Kind.MARIADB ? database : "public";
    }

    /** The address of a database, as far as its server's addresses name one. */
    public static String url(EmbeddedServer server, String database) {
        return server.jdbcUrl(server instanceof EmbeddedMariadb ? "" : database);
    }

    /** A configuration file for these servers. */
    public String configuration(String replication, String database) {
        return """
                replication: %s
                kafka: { bootstrap.servers: "%s" }
                source:
                  url: %s
                  user: %s
                  tables: ["%s.*"]
                target:
                  url: %s
                  user: %s
                """.formatted(
                        replication,
                        kafka().bootstrapServers(),
                        url(source(), database),
                        source().user(),
                        schema(database),
                        url(target(), database),
                        target().user());
    }

    /** Stops all that started, also those that are still starting. */
    @Override
    public void close() {
        List<RuntimeException> failures = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        for (CompletableFuture<? extends AutoCloseable> server : List.of(source, target, kafka)) {
            closing.add(server.handle((started, failure) -> {
                try {
                    if (started != null) {
                        started.close();
                    }
                } catch (Exception e) {
                    failures.add(new TwinlogException(Category.BUG, "A server did not stop", e));
                }
                return null;
            }));
        }
        closing.forEach(CompletableFuture::join);
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static boolean exists(EmbeddedServer server, String database) {
        try (var connection = server.connect("postgres");
                var select = connection.prepareStatement("SELECT FROM pg_catalog.pg_database WHERE datname = ?")) {
            select.setString(1, database);
            try (var row = select.executeQuery()) {
                return row.next();
            }
        } catch (java.sql.SQLException e) {
            throw new TwinlogException(Category.OUTAGE, "The databases cannot be listed", e);
        }
    }

    private static EmbeddedServer server(Kind kind, @Nullable Path directory, String name, int port) {
        return kind == Kind.POSTGRESQL ? postgres(directory, name, port) : mariadb(directory, name, port);
    }

    private static EmbeddedMariadb mariadb(@Nullable Path directory, String name, int port) {
        EmbeddedMariadb.Builder builder = EmbeddedMariadb.builder()
                .port(port)
                .setting("server_id", Integer.toString(port))
                .withoutShutdownHook();
        if (directory != null) {
            builder.directory(directory.resolve(name + "-mariadb"));
        }
        return builder.start();
    }

    private static EmbeddedPostgres postgres(@Nullable Path directory, String name, int port) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().port(port).withoutShutdownHook();
        if (directory != null) {
            builder.directory(directory.resolve(name));
        }
        return builder.start();
    }

    private static EmbeddedKafka kafka(@Nullable Path directory, int port) {
        EmbeddedKafka.Builder builder = EmbeddedKafka.builder().port(port).withoutShutdownHook();
        if (directory != null) {
            builder.directory(directory.resolve("kafka"));
        }
        return builder.start();
    }

    /** In a thread of its own: a signal that interrupts the one who waits must not tear a half-started server. */
    private static <T> CompletableFuture<T> starting(String name, Supplier<T> start) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        future.complete(start.get());
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                },
                "start-" + name);
        thread.start();
        return future;
    }
}
