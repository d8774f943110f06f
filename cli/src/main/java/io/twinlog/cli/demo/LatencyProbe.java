package io.twinlog.cli.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the target about every two milliseconds and notes when each transfer is first seen there; several times a second it adds
 * up all accounts. One thread of its own, until stopped.
 */
final class LatencyProbe implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long BETWEEN_SUMS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Shop target;
    private final BigDecimal money;
    private final Map<Long, Long> seenNanos = new HashMap<>();
    private final Thread thread = new Thread(this::watch, "demo-latency");
    private long watermark;
    private int sums;
    private int wrongSums;
    private volatile boolean stopped;
    private volatile @Nullable SQLException failure;

    /**
     * @param first the lowest number of the transfers to come
     * @param money what all accounts must hold together at every moment
     */
    LatencyProbe(Shop target, long first, BigDecimal money) {
        this.target = target;
        this.watermark = first - 1;
        this.money = money;
    }

    void start() {
        thread.start();
    }

    /** Times from commit at the source to sight at the target, in nanoseconds, ascending. */
    long[] stop(Map<Long, Long> commitNanos) throws InterruptedException, SQLException {
        stopped = true;
        thread.join();
        SQLException reason = failure;
        if (reason != null) {
            throw reason;
        }
        return seenNanos.entrySet().stream()
                .filter(seen -> commitNanos.containsKey(seen.getKey()))
                .mapToLong(seen -> Math.max(0, seen.getValue() - commitNanos.getOrDefault(seen.getKey(), 0L)))
                .sorted()
                .toArray();
    }

    int sums() {
        return sums;
    }

    int wrongSums() {
        return wrongSums;
    }

    static long percentile(long[] ascending, double share) {
        if (ascending.length == 0) {
            throw new IllegalArgumentException("No percentile of nothing: " + Arrays.toString(ascending));
        }
        return ascending[(int) Math.min(ascending.length - 1, Math.floor(share * ascending.length))];
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void watch() {
        TreeSet<Long> ahead = new TreeSet<>();
        try (Connection connection = target.connect();
                PreparedStatement select = connection.prepareStatement("SELECT id FROM transfer WHERE id > ?")) {
            long lastSum = System.nanoTime();
            while (!stopped) {
                look(select, ahead);
                if (System.nanoTime() - lastSum > BETWEEN_SUMS_NANOS) {
                    sum(connection);
                    lastSum = System.nanoTime();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (SQLException e) {
            failure = e;
        }
    }

    /** Numbers are given before the commit, so a later one may be seen earlier: the watermark passes only what is complete. */
    private void look(PreparedStatement select, TreeSet<Long> ahead) throws SQLException {
        select.setLong(1, watermark);
        try (ResultSet row = select.executeQuery()) {
            long now = System.nanoTime();
            while (row.next()) {
                seenNanos.putIfAbsent(row.getLong(1), now);
                ahead.add(row.getLong(1));
            }
        }
        while (ahead.remove(watermark + 1)) {
            watermark++;
        }
    }

    private void sum(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT sum(balance) FROM account")) {
            row.next();
            sums++;
            if (row.getBigDecimal(1).compareTo(money) != 0) {
                wrongSums++;
            }
        }
    }
}
