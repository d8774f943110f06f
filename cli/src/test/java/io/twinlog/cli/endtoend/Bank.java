package io.twinlog.cli.endtoend;

import io.twinlog.sandbox.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The TPC-B load: each transaction adds one amount to an account, a teller and a branch and notes it in the history. At every
 * commit boundary the four sums are equal. Survives the death of its server: it connects again and goes on.
 */
final class Bank implements AutoCloseable {

    static final String[] TABLES = {"accounts", "tellers", "branches", "history"};

    /** Reads the four sums in one snapshot; all equal, or the reader saw a state that the source never had. */
    static final String SUMS =
            "SELECT (SELECT coalesce(sum(balance), 0) FROM accounts), (SELECT coalesce(sum(balance), 0) FROM tellers),"
                    + " (SELECT coalesce(sum(balance), 0) FROM branches), (SELECT coalesce(sum(delta), 0) FROM history)";

    private static final int ACCOUNTS = 10_000;
    private static final Duration RECONNECT = Duration.ofMillis(100);

    private final EmbeddedPostgres server;
    private final AtomicLong committed = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private Bank(EmbeddedPostgres server) {
        this.server = server;
    }

    static void createTables(EmbeddedPostgres server) {
        server.execute(
                Twins.DATABASE,
                "CREATE TABLE accounts(id int PRIMARY KEY, balance bigint NOT NULL, filler text)",
                "CREATE TABLE tellers(id int PRIMARY KEY, balance bigint NOT NULL)",
                "CREATE TABLE branches(id int PRIMARY KEY, balance bigint NOT NULL)",
                "CREATE TABLE history(client int, number bigint, account int, teller int, branch int, delta int, at timestamptz,"
                        + " PRIMARY KEY (client, number))",
                "ALTER TABLE accounts REPLICA IDENTITY FULL",
                "ALTER TABLE tellers REPLICA IDENTITY FULL",
                "ALTER TABLE branches REPLICA IDENTITY FULL");
    }

    static void fill(EmbeddedPostgres server) {
        server.execute(
                Twins.DATABASE,
                "INSERT INTO accounts SELECT i, 0, repeat('x', 40) FROM generate_series(1, " + ACCOUNTS + ") i",
                "INSERT INTO tellers SELECT i, 0 FROM generate_series(1, 100) i",
                "INSERT INTO branches SELECT i, 0 FROM generate_series(1, 10) i");
    }

    /** Starts clients that together commit about {@code perSecond} transactions a second. */
    static Bank open(EmbeddedPostgres server, int clients, int perSecond, long seed) {
        Bank bank = new Bank(server);
        for (int client = 0; client < clients; client++) {
            int number = client;
            Thread thread = new Thread(
                    () -> bank.work(number, (double) perSecond / clients, new Random(seed + number)), "bank-" + client);
            bank.threads.add(thread);
            thread.start();
        }
        return bank;
    }

    long committed() {
        return committed.get();
    }

    private void work(int client, double perSecond, Random random) {
        long interval = (long) (1e9 / perSecond);
        long number = 0;
        while (!closed) {
            try (Connection connection = server.connect(Twins.DATABASE)) {
                number = last(connection, client);
                connection.setAutoCommit(false);
                long due = System.nanoTime();
                while (!closed) {
                    transfer(connection, client, ++number, random);
                    committed.incrementAndGet();
                    due += interval;
                    long left = due - System.nanoTime();
                    if (left > 0) {
                        LockSupport.parkNanos(left);
                    } else if (left < -1_000_000_000L) {
                        due = System.nanoTime();
                    }
                }
            } catch (SQLException e) {
                // The server was killed, or rows deadlocked: what counts is what it says when it is back.
                LockSupport.parkNanos(RECONNECT.toNanos());
            }
        }
    }

    private static long last(Connection connection, int client) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT coalesce(max(number), 0) FROM history WHERE client = ?")) {
            query.setInt(1, client);
            try (var rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static void transfer(Connection connection, int client, long number, Random random) throws SQLException {
        int account = random.nextInt(ACCOUNTS) + 1;
        int teller = random.nextInt(100) + 1;
        int branch = random.nextInt(10) + 1;
        int delta = random.nextInt(10_001) - 5_000;
        try (PreparedStatement statement =
                connection.prepareStatement("WITH a AS (UPDATE accounts SET balance = balance + ? WHERE id = ?),"
                        + " t AS (UPDATE tellers SET balance = balance + ? WHERE id = ?),"
                        + " b AS (UPDATE branches SET balance = balance + ? WHERE id = ?)"
                        + " INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, clock_timestamp())")) {
            int[] values = {delta, account, delta, teller, delta, branch};
            for (int i = 0; i < values.length; i++) {
                statement.setInt(i + 1, values[i]);
            }
            statement.setInt(7, client);
            statement.setLong(8, number);
            statement.setInt(9, account);
            statement.setInt(10, teller);
            statement.setInt(11, branch);
            statement.setInt(12, delta);
            statement.execute();
            connection.commit();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
