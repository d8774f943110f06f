package io.twinlog.applier;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.target.LockedException;
import io.twinlog.applier.target.Target;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.schemas.database.TlsRefusal;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the session that writes to the target, one after the other, each when nobody else has the replication's lock: our own former
 * session is ended, one whose applier is gone is waited for, another applier's is not (invariant 7). Used by one thread.
 */
final class TargetEntry {

    private static final Duration LOOK = Duration.ofMillis(200);

    private final ApplierConfig config;
    private final String progressName;
    private final KafkaClients clients;
    private final String statusTopic;
    private final StatusReporter reporter;
    private final CountDownLatch stop;
    private long previousSession;

    TargetEntry(
            ApplierConfig config,
            String progressName,
            KafkaClients clients,
            String statusTopic,
            StatusReporter reporter,
            CountDownLatch stop) {
        this.config = config;
        this.progressName = progressName;
        this.clients = clients;
        this.statusTopic = statusTopic;
        this.reporter = reporter;
        this.stop = stop;
    }

    /**
     * Null if it is stopped while it waits.
     *
     * @throws TwinlogException category CONFIG if another applier lives, or client and server refuse each other
     */
    @Nullable
    Target open(TargetDatabase database, Clock clock) throws SQLException, InterruptedException {
        try (OtherAppliers others = new OtherAppliers(clients, statusTopic, reporter.member())) {
            // Where several appliers share the status topic, life on it is not the holder's.
            BooleanSupplier anotherLives = progressName.equals(config.replication()) ? others::live : () -> false;
            HolderWait wait = null;
            while (true) {
                try {
                    Target target = Target.open(
                            database,
                            progressName,
                            config.existingRows() == ExistingRows.UPSERT,
                            config.conflicts(),
                            clock);
                    previousSession = target.sessionNumber();
                    return target;
                } catch (LockedException e) {
                    if (e.session() != 0 && e.session() == previousSession) {
                        terminate(database, e.session());
                    } else {
                        wait = wait != null && wait.isFor(e) ? wait : new HolderWait(e.session(), System.nanoTime());
                        judge(wait.look(e, System.nanoTime(), anotherLives), e);
                    }
                } catch (SQLException e) {
                    refuseWhereNothingMends(e);
                    throw e;
                }
                if (stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    return null;
                }
            }
        }
    }

    private void judge(HolderWait.Verdict verdict, LockedException holder) {
        switch (verdict) {
            case WAIT -> {}
            case TELL -> {
                String reason = "Waits for the target to end " + holder.getMessage()
                        + ", which has the lock of replication " + config.replication()
                        + " and works on a statement. Its applier gives no sign of life: the server notices that it is gone"
                        + " behind the statement, or when that has waited 10 s for a lock";
                reporter.enter(MemberState.STARTUP, reason);
                reporter.message(reason + ".");
            }
            case REFUSE ->
                throw new TwinlogException(
                        Category.CONFIG,
                        "Another applier works on replication " + config.replication() + ": " + holder.getMessage()
                                + ". Stop it first.",
                        holder);
        }
    }

    private static void terminate(TargetDatabase database, long session) throws SQLException {
        try (Connection connection = database.connect("terminator")) {
            database.terminate(connection, session);
        }
    }

    // Waiting mends it only where the same two have agreed before: then somebody is changing certificates.
    private void refuseWhereNothingMends(SQLException failure) {
        if (previousSession == 0 && TlsRefusal.isIn(failure)) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "The applier and the target refuse each other: " + failure.getMessage() + ". "
                            + TlsRefusal.remedy("target.url") + ".",
                    failure);
        }
    }
}
