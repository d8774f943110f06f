package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * At most one capture per replication: an advisory lock held by the replication connection itself, so that it ends with it. The
 * slot alone would not do, since nobody uses it while a snapshot is read. Stateless.
 */
public final class Lease {

    /** A walsender notices a dead client within its wal_sender_timeout, which our sessions set to 30 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final long LOOK_MILLIS = 100;
    private static final long PROOF_OF_LIFE_NANOS = Duration.ofMillis(2_500).toNanos();

    private record Holder(
            int pid, String description, @Nullable String replyTime) {}

    private Lease() {}

    /**
     * Takes the lease for as long as the connection lives. Waits for a holder that gives no sign of life, such as the server
     * process of a capture that was killed.
     *
     * @throws TwinlogException CONFIG naming the holder
     */
    public static void acquire(
            Connection connection, SourceNames names, BooleanSupplier stopped, Consumer<String> messages)
            throws SQLException, InterruptedException {
        long start = System.nanoTime();
        Holder first = null;
        while (!tryLock(connection, names)) {
            Holder holder = holder(connection, names);
            if (holder != null) {
                if (first == null || first.pid != holder.pid) {
                    first = holder;
                    start = System.nanoTime();
                    messages.accept("Another session holds replication " + names.replication() + ": "
                            + holder.description + ". Waiting to see whether it is alive.");
                }
                long waited = System.nanoTime() - start;
                boolean alive = holder.replyTime != null
                        && !holder.replyTime.equals(first.replyTime)
                        && waited > PROOF_OF_LIFE_NANOS;
                if (alive || waited > PATIENCE.toNanos()) {
                    throw new TwinlogException(
                            Category.CONFIG,
                            "Replication " + names.replication() + " is captured already: " + holder.description
                                    + ". Only one capture may run; stop the other one, or end its session with SELECT"
                                    + " pg_terminate_backend(" + holder.pid + ").");
                }
            }
            if (stopped.getAsBoolean()) {
                throw new InterruptedException("Stopped while waiting for the lease");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static boolean tryLock(Connection connection, SourceNames names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_catalog.pg_try_advisory_lock("
                        + names.lockClass() + ", " + names.lockObject() + ")");
                ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static @Nullable Holder holder(Connection connection, SourceNames names) throws SQLException {
        String sql = "SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local'),"
                + " a.backend_start::text, r.reply_time::text FROM pg_catalog.pg_locks l"
                + " LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                + " LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = l.pid"
                + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
                + " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
                + " AND l.classid = " + Integer.toUnsignedString(names.lockClass()) + "::pg_catalog.oid"
                + " AND l.objid = " + Integer.toUnsignedString(names.lockObject()) + "::pg_catalog.oid";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            String description = "pid " + row.getInt(1) + ", application '" + row.getString(2) + "', client "
                    + row.getString(3) + ", since " + row.getString(4);
            return new Holder(row.getInt(1), description, row.getString(5));
        }
    }
}
