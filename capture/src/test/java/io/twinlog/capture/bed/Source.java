package io.twinlog.capture.bed;

import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.SnapshotMode;
import io.twinlog.sandbox.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own for one test, with the replication of the same name. */
public final class Source implements Replicated {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final EmbeddedPostgres postgres;
    private final String bootstrap;
    private final String name;
    private String url;

    private Source(EmbeddedPostgres postgres, String bootstrap, String name) {
        this.postgres = postgres;
        this.bootstrap = bootstrap;
        this.name = name;
        this.url = postgres.jdbcUrl(name);
    }

    public static Source create() {
        return create(Servers.postgres(), Servers.kafka().bootstrapServers());
    }

    public static Source create(EmbeddedPostgres postgres, String bootstrap) {
        String name = "t" + ProcessHandle.current().pid() + "_" + COUNT.incrementAndGet();
        postgres.createDatabase(name);
        return new Source(postgres, bootstrap, name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    public String slot() {
        return "twinlog_" + name;
    }

    public Source sql(String... statements) {
        postgres.execute(name, statements);
        return this;
    }

    @Override
    public Connection connect() throws SQLException {
        return postgres.connect(name);
    }

    /** First column of all rows. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                result.add(rows.getString(1));
            }
            return result;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As in {@code SHOW server_version_num}. */
    public int version() {
        return Integer.parseInt(value("SHOW server_version_num"));
    }

    public String value(String sql) {
        return query(sql).get(0);
    }

    public void url(String other) {
        url = other;
    }

    public CaptureConfig config(SnapshotMode snapshot, String... tables) {
        return new CaptureConfig(
                name,
                // Capture's consumers read to the end of a topic and close; closing waits for the fetch that waits for
                // more.
                Map.of("bootstrap.servers", bootstrap, "fetch.max.wait.ms", "20"),
                url,
                "postgres",
                "",
                tables.length == 0 ? List.of("public.*") : List.of(tables),
                snapshot,
                3,
                2,
                (short) 1);
    }
}
