package io.twinlog.capture.postgres.precondition;

import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * At most one capture per replication: an advisory lock held by the replication connection itself, so that it ends with it. The
 * slot alone would not do, since nobody uses it while a snapshot is read. Stateless.
 */
public final class Lease {

    private static final long LOOK_MILLIS = 100;

    /** Who is waited for, and what is told about it. Called by the thread that waits. */
    public interface Waiting {

        /** Whether the wait is to end without the lease. */
        boolean isStopped();

        /** Up to where the control log is written, which stands still while nobody captures; negative where it cannot be told. */
        long controlLogEnd();

        /** Tells humans something. */
        void message(String line);

        /** The holder gives no sign of life and may yet hold the lease for long; called again and again. */
        void lasts(String reason);
    }

    private Lease() {}

    /**
     * Takes the lease for as long as the connection lives. Waits for a holder that gives no sign of life, such as the server
     * process of a capture that was killed.
     *
     * @throws TwinlogException CONFIG naming the holder
     */
    public static void acquire(Connection connection, SourceNames names, Waiting waiting)
            throws SQLException, InterruptedException {
        acquire(connection, names, waiting, LeaseWait.Patience.USUAL);
    }

    static void acquire(Connection connection, SourceNames names, Waiting waiting, LeaseWait.Patience patience)
            throws SQLException, InterruptedException {
        LeaseWait wait = null;
        while (!tryLock(connection, names)) {
            LeaseHolder holder = LeaseHolder.find(connection, names);
            if (holder != null) {
                if (wait == null || !wait.isFor(holder)) {
                    wait = new LeaseWait(names, holder, waiting, patience);
                }
                wait.look(holder);
            }
            if (waiting.isStopped()) {
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
}
