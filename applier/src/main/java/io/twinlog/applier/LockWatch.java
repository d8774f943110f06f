package io.twinlog.applier;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.target.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks, while a batch takes long, which sessions of the target keep it waiting, and lets the status say so. A thread and,
 * only while it looks, a connection of its own, since the writing one is the one that waits. {@link #begin} and {@link
 * #applied} belong to the writing thread.
 */
final class LockWatch implements AutoCloseable {

    // Shorter than deadlock_timeout, so that the partner of a deadlock is seen too.
    private static final Duration INTERVAL = Duration.ofMillis(400);

    private final TargetDatabase database;
    private final long waiting;
    private final StatusReporter reporter;
    private final ScheduledExecutorService timer;
    private @Nullable Connection connection;
    private long batch;
    private long seen;
    private boolean running;

    /** @param waiting the server's number of the writing session */
    LockWatch(TargetDatabase database, long waiting, StatusReporter reporter) {
        this.database = database;
        this.waiting = waiting;
        this.reporter = reporter;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "twinlog-applier-locks");
            thread.setDaemon(true);
            return thread;
        });
        var unused = timer.scheduleWithFixedDelay(
                this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A batch is executed from now on, or once more. */
    synchronized void begin() {
        batch++;
        running = true;
    }

    /** The batch is applied: nobody is in its way. */
    synchronized void applied() {
        running = false;
        reporter.blocked(null);
    }

    /** The batch has failed: who was in its way stays known until one succeeds. */
    synchronized void failed() {
        running = false;
    }

    private void look() {
        long looked;
        synchronized (this) {
            boolean slow = running && seen == batch;
            seen = batch;
            looked = batch;
            if (!slow) {
                looked = -1;
            }
        }
        if (looked < 0) {
            disconnect();
            return;
        }
        String sessions = ask();
        synchronized (this) {
            if (running && looked == batch) {
                reporter.blocked(sessions);
            }
        }
    }

    private @Nullable String ask() {
        try {
            Connection open = connection;
            if (open == null) {
                open = database.connect("locks");
                connection = open;
            }
            return database.blockers(open, waiting);
        } catch (SQLException e) {
            disconnect();
            return "sessions that cannot be asked for (" + SqlFailure.words(e) + ", " + SqlFailure.code(e) + ")";
        }
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It was of no use any more.
            }
        }
    }

    @Override
    public void close() {
        failed();
        timer.execute(this::disconnect);
        timer.shutdown();
    }
}
