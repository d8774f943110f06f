package io.twinlog.applier;

import io.twinlog.applier.dialect.SqlFailure;
import io.twinlog.applier.target.Target;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.schemas.database.Answered;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, while a batch takes long, which sessions of the target keep it waiting, and lets the status say so. A thread and,
 * only while it looks, a connection of its own, since the writing one is the one that waits. {@link #begin} and {@link
 * #applied} belong to the writing thread.
 *
 * <p>Where its own connection finds no server for a while, the writing one waits for nobody: packets to a host that is gone, or has come
 * back under another address, are not answered. It is cut off then, long before its socket would give up.
 */
final class LockWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

    // Shorter than deadlock_timeout, so that the partner of a deadlock is seen too.
    private static final Duration INTERVAL = Duration.ofMillis(400);

    private static final Duration UNREACHABLE = Duration.ofSeconds(10);

    private final TargetDatabase database;
    private final Target writing;
    private final StatusReporter reporter;
    private final ScheduledExecutorService timer;
    private @Nullable Connection connection;
    private long unreachableSince;
    private long batch;
    private long seen;
    private boolean running;

    LockWatch(TargetDatabase database, Target writing, StatusReporter reporter) {
        this.database = database;
        this.writing = writing;
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
            unreachableSince = 0;
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
            String blockers = database.blockers(open, writing.sessionNumber());
            unreachableSince = 0;
            return blockers;
        } catch (SQLException e) {
            disconnect();
            if (cutOff(e)) {
                return null;
            }
            return "sessions that cannot be asked for (" + SqlFailure.words(e) + ", " + SqlFailure.code(e) + ")";
        }
    }

    /** Whether there was no server to ask; then there is no lock to speak of either. */
    private boolean cutOff(SQLException failure) {
        long now = System.nanoTime();
        if (Answered.byServer(failure)) {
            unreachableSince = 0;
            return false;
        }
        if (unreachableSince == 0) {
            unreachableSince = now;
        } else if (now - unreachableSince > UNREACHABLE.toNanos()) {
            unreachableSince = 0;
            try {
                writing.abort();
            } catch (SQLException e) {
                LOG.debug("The connection was gone already", SqlFailure.withoutValues(e));
            }
        }
        return true;
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
