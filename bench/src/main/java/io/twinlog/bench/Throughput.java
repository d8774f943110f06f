package io.twinlog.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Counts the rows that a database has written, twice a second, in a thread of its own. PostgreSQL's backends tell their counts about
 * once a second, so a sample may be that old.
 */
final class Throughput implements AutoCloseable {

    private static final long EVERY_MILLIS = 500;

    private final Connection connection;
    private final String query;
    private final long beginNanos = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bench-throughput");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Sample> samples = new ArrayList<>();
    private long first = -1;

    /** Rows written since the first sample. */
    record Sample(double seconds, long rows) {}

    /** @param connection closed with this @param query for the rows written so far */
    Throughput(Connection connection, String query) {
        this.connection = connection;
        this.query = query;
        var unused = timer.scheduleAtFixedRate(this::sample, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sample() {
        try {
            add(Statements.number(connection, query));
        } catch (SQLException e) {
            throw new IllegalStateException("The target's counts cannot be read", e);
        }
    }

    private synchronized void add(long rows) {
        first = first < 0 ? rows : first;
        samples.add(new Sample((System.nanoTime() - beginNanos) / 1e9, rows - first));
    }

    /** Rows written until a time, in seconds since the first sample; as far as they have been counted. */
    synchronized long rows(double seconds) {
        long rows = 0;
        for (int i = 0; i < samples.size() && samples.get(i).seconds() <= seconds; i++) {
            rows = samples.get(i).rows();
        }
        return rows;
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void close() throws SQLException {
        timer.shutdownNow();
        connection.close();
    }
}
