package io.twinlog.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.testcontainers.containers.Network;
import org.yaml.snakeyaml.Yaml;

/** Services of compose.yaml on a network of their own. Closing removes them. */
final class Composition implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Network network = Network.newNetwork();
    private final Map<String, Object> described;
    private final Map<String, Service> services = new HashMap<>();
    private final Deque<Service> started = new ArrayDeque<>();

    Composition() {
        try {
            Map<String, Map<String, Object>> file =
                    new Yaml().load(Files.readString(Service.COMPOSE.resolve("compose.yaml")));
            described = file.get("services");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts services one after the other, each when the one before is healthy. */
    Composition start(String... names) {
        for (String name : names) {
            start(described(name));
            services.put(name, started.peek());
        }
        return this;
    }

    /** A service that is not started yet. */
    @SuppressWarnings("unchecked")
    Service described(String name) {
        return new Service(name, (Map<String, Object>) described.get(name), network);
    }

    Service start(Service service) {
        // Also one that does not become healthy is removed.
        started.push(service);
        return service.start();
    }

    Service service(String name) {
        return services.get(name);
    }

    /** Rows of a query at a PostgreSQL of the composition, columns separated by |. */
    String sql(String server, String database, String statements) {
        return service(server)
                .ask("psql", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-Atqc", statements);
    }

    /** Rows of a query at the MariaDB, columns separated by tabs. */
    String mariadb(String database, String statements) {
        return service("mariadb")
                .ask(
                        "mariadb",
                        "--default-character-set=utf8mb4",
                        "-h127.0.0.1",
                        "-uroot",
                        "-pmariadb",
                        "-N",
                        "-e",
                        statements,
                        database);
    }

    /** Waits until a query at one place says the same as one at another. */
    static void awaitSame(
            String what, java.util.function.Supplier<String> expected, java.util.function.Supplier<String> actual) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .untilAsserted(
                        () -> Assertions.assertThat(actual.get()).isNotEmpty().isEqualTo(expected.get()));
    }

    @Override
    public void close() {
        started.forEach(Service::close);
        network.close();
    }
}
