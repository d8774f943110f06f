package io.twinlog.cli.endtoend;

import io.twinlog.sandbox.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Samples the bank's invariant at the target, all the while. A target that is down is asked again. */
final class BalanceWatch implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final EmbeddedPostgres target;
    private final AtomicInteger samples = new AtomicInteger();
    private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this::watch, "balance-watch");
    private volatile boolean closed;

    BalanceWatch(EmbeddedPostgres target) {
        this.target = target;
        thread.start();
    }

    int samples() {
        return samples.get();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    private void watch() {
        while (!closed) {
            try (Connection connection = target.connect(Twins.DATABASE);
                    Statement statement = connection.createStatement()) {
                while (!closed) {
                    sample(statement);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (SQLException e) {
                // The target is down at the moment.
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private void sample(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(Bank.SUMS)) {
            row.next();
            long accounts = row.getLong(1);
            long tellers = row.getLong(2);
            long branches = row.getLong(3);
            long history = row.getLong(4);
            if (accounts != tellers || tellers != branches || branches != history) {
                violations.add("accounts " + accounts + " tellers " + tellers + " branches " + branches + " history "
                        + history);
            }
            samples.incrementAndGet();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
