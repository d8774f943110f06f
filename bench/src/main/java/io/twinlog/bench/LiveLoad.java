package io.twinlog.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** W5: transactions of 10 inserts at a fixed rate from one session. */
final class LiveLoad {

    private LiveLoad() {}

    /** Commits {@code perSecond} transactions a second for the given time; returns how many. */
    static long run(Connection source, int perSecond, Duration duration) throws SQLException {
        source.setAutoCommit(false);
        long transactions = perSecond * duration.toSeconds();
        long begin = System.nanoTime();
        try (PreparedStatement insert =
                source.prepareStatement("INSERT INTO bench SELECT (? - 1) * 10 + g, g, 1, g / 7.0,"
                        + " md5(g::text) || '-x', clock_timestamp() FROM generate_series(1, 10) g")) {
            for (long i = 1; i <= transactions; i++) {
                long due = begin + i * 1_000_000_000L / perSecond;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                insert.setLong(1, i);
                insert.execute();
                source.commit();
            }
        } finally {
            source.setAutoCommit(true);
        }
        return transactions;
    }
}
