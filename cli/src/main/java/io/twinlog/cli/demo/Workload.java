package io.twinlog.cli.demo;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Transfers between random accounts at a given rate, each one transaction of two updates and an insert, by two clients, until
 * closed. Remembers when each was committed.
 */
final class Workload implements AutoCloseable {

    private static final int CLIENTS = 2;

    private final Shop shop;
    private final long nanosBetween;
    private final AtomicLong nextTransfer;
    private final Map<Long, Long> commitNanos = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean stopped;

    private Workload(Shop shop, int perSecond, long firstTransfer) {
        this.shop = shop;
        this.nanosBetween = TimeUnit.SECONDS.toNanos(1) * CLIENTS / perSecond;
        this.nextTransfer = new AtomicLong(firstTransfer);
    }

    /** Starts transfers whose numbers begin at {@code firstTransfer}. */
    static Workload start(Shop source, int perSecond, long firstTransfer) {
        Workload workload = new Workload(source, perSecond, firstTransfer);
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(workload::work, "demo-client-" + i);
            workload.clients.add(client);
            client.start();
        }
        return workload;
    }

    /** When the transfers were committed, by number, as {@link System#nanoTime()}. */
    Map<Long, Long> commitNanos() {
        return commitNanos;
    }

    long committed() {
        return commitNanos.size();
    }

    /** The number that the next workload may begin with. */
    long nextTransfer() {
        return nextTransfer.get();
    }

    /** Stops the clients after their present transaction; reports what stopped one of them before. */
    void stop() throws SQLException, InterruptedException {
        stopped = true;
        for (Thread client : clients) {
            client.join();
        }
        SQLException reason = failure.get();
        if (reason != null) {
            throw reason;
        }
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void work() {
        SplittableRandom random = new SplittableRandom();
        try (Connection connection = shop.connect();
                PreparedStatement balance =
                        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO transfer (id, payer, payee, amount) VALUES (?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            long due = System.nanoTime();
            while (!stopped) {
                transfer(connection, balance, insert, random);
                due = Math.max(due + nanosBetween, System.nanoTime() - nanosBetween);
                LockSupport.parkNanos(due - System.nanoTime());
            }
        } catch (SQLException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void transfer(
            Connection connection, PreparedStatement balance, PreparedStatement insert, SplittableRandom random)
            throws SQLException {
        int first = random.nextInt(1, Shop.ACCOUNTS);
        int second = random.nextInt(first + 1, Shop.ACCOUNTS + 1);
        BigDecimal amount = BigDecimal.valueOf(random.nextInt(-2_000, 2_000), 2);
        // In the order of their numbers, so that two clients never wait for each other in a circle.
        update(balance, first, amount.negate());
        update(balance, second, amount);
        long number = nextTransfer.getAndIncrement();
        insert.setLong(1, number);
        insert.setInt(2, first);
        insert.setInt(3, second);
        insert.setBigDecimal(4, amount);
        insert.executeUpdate();
        connection.commit();
        commitNanos.put(number, System.nanoTime());
    }

    private static void update(PreparedStatement balance, int account, BigDecimal amount) throws SQLException {
        balance.setBigDecimal(1, amount);
        balance.setInt(2, account);
        balance.executeUpdate();
    }
}
