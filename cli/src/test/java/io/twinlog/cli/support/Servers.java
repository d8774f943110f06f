package io.twinlog.cli.support;

import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One source, one target, one broker for all tests of this JVM; each test has databases of its own. */
public final class Servers implements AutoCloseable {

    /** Every character that some URL, shell, properties file or connection string chokes on. */
    public static final String PASSWORD = "p@:/?#'\" %&=\\$x{y}ä";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final EmbeddedPostgres source =
            EmbeddedPostgres.builder().password(PASSWORD).start();
    private final EmbeddedPostgres target =
            EmbeddedPostgres.builder().password(PASSWORD).start();
    private final EmbeddedKafka kafka = EmbeddedKafka.builder().start();

    /** Gives the servers to tests that ask for them as a parameter. */
    public static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Servers.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Servers.class))
                    .getOrComputeIfAbsent(Servers.class, type -> new Servers(), Servers.class);
        }
    }

    public EmbeddedPostgres source() {
        return source;
    }

    public EmbeddedPostgres target() {
        return target;
    }

    public EmbeddedKafka kafka() {
        return kafka;
    }

    /** A name that no test had before, with a database of that name on both sides. */
    public String databases() {
        String name = "shop" + COUNT.incrementAndGet();
        source.createDatabase(name);
        target.createDatabase(name);
        return name;
    }

    public Set<String> topics(String replication) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(replication + "."))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (Exception e) {
            throw new AssertionError("The topics cannot be listed", e);
        }
    }

    /** The first column of the first row, as text. */
    public static String value(EmbeddedPostgres server, String database, String query) {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(query, e);
        }
    }

    @Override
    public void close() {
        kafka.close();
        source.close();
        target.close();
    }
}
