package io.twinlog.capture.bed;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Sessions that write statements of a random choice until closed. Each statement is a transaction. */
public final class Load implements AutoCloseable {

    /** Makes a statement. */
    public interface Choice {
        String statement(Random random, int writer);
    }

    /** Duplicate keys and deadlocks of both databases. */
    private static final Set<String> COLLISIONS = Set.of("23505", "40P01", "23000", "40001");

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong transactions = new AtomicLong();
    private volatile boolean closed;

    private Load() {}

    public static Load start(Replicated source, int writers, long seed, Choice choice) {
        Load load = new Load();
        for (int i = 0; i < writers; i++) {
            int writer = i;
            Thread thread =
                    new Thread(() -> load.write(source, writer, new Random(seed + writer), choice), "load-" + i);
            load.threads.add(thread);
            thread.start();
        }
        return load;
    }

    private void write(Replicated source, int writer, Random random, Choice choice) {
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            while (!closed) {
                try {
                    statement.execute(choice.statement(random, writer));
                    transactions.incrementAndGet();
                    LockSupport.parkNanos(1_000_000);
                } catch (SQLException e) {
                    // Collisions of random keys are part of the load.
                    if (!COLLISIONS.contains(String.valueOf(e.getSQLState()))) {
                        throw e;
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public long transactions() {
        return transactions.get();
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
