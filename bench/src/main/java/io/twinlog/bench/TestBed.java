package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What every measurement stands on.
 *
 * @param scale size of the drains relative to their full size
 */
record TestBed(Database kind, EmbeddedServer source, Shape shape, double scale, Report report) {

    /** Rows of {@code bench_done} that mark a place in the log. */
    static final int RUNNING = 1;

    static final int WARM = 2;
    static final int DONE = 3;

    long events(Workload workload) {
        return (long) (workload.events() * scale);
    }

    void createTables(EmbeddedServer server, String database, Workload workload) throws SQLException {
        server.createDatabase(database);
        try (Connection connection = server.connect(database)) {
            Statements.execute(connection, "CREATE TABLE bench_done(id int PRIMARY KEY)");
            kind.create(connection, workload, shape);
        }
    }

    static String mark(int mark) {
        return "INSERT INTO bench_done VALUES (" + mark + ")";
    }

    static void awaitMark(Replication replication, String database, int mark) throws SQLException {
        try (Connection target = replication.target().connect(database)) {
            Waiting.until(replication.name() + " to bring mark " + mark, () -> {
                replication.checkRunning();
                return isThere(target, mark);
            });
        }
    }

    private static boolean isThere(Connection target, int mark) {
        try {
            return Statements.number(target, "SELECT count(*) FROM bench_done WHERE id = " + mark) == 1;
        } catch (SQLException e) {
            throw new IllegalStateException("The target cannot be read", e);
        }
    }

    Throughput throughput(Replication replication, String database) throws SQLException {
        return new Throughput(replication.target().connect(database), kind.rowsWritten());
    }

    boolean equal(Connection target, Workload workload, String database) throws SQLException {
        String digest = kind.digest(workload, shape);
        try (Connection connection = source.connect(database)) {
            return Statements.text(connection, digest).equals(Statements.text(target, digest));
        }
    }

    static Map<String, Double> difference(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> difference = new LinkedHashMap<>();
        after.forEach((name, value) -> difference.put(name, value - before.getOrDefault(name, 0.0)));
        return difference;
    }
}
