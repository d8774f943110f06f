package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ReplicationConnection.CreatedSlot;
import io.twinlog.capture.postgres.connection.ReplicationConnection.SystemIdentity;
import io.twinlog.capture.postgres.precondition.Lease;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;

/** Begins a new epoch behind a gap that an operator accepted. A crash in the middle leaves a GAP, and the operator repeats. */
final class PostgresLossAcceptance {

    private final PostgresSource source;
    private final XlogSide xlog;
    private final Consumer<String> messages;

    PostgresLossAcceptance(PostgresSource source, XlogSide xlog, Consumer<String> messages) {
        this.source = source;
        this.xlog = xlog;
        this.messages = messages;
    }

    void run(String reason, String actor) throws SQLException, InterruptedException {
        SourceNames names = source.names();
        new Preconditions(xlog, source).examine().require(false);
        try (Topics topics = xlog.topics();
                ReplicationConnection connection =
                        ReplicationConnection.open(source.location(), "twinlog-accept-loss");
                LeaseWatch watch = new LeaseWatch(xlog, () -> false, messages, why -> {})) {
            Lease.acquire(connection.sql(), names, watch);
            Checkpoint checkpoint = xlog.establishedCheckpoint(topics);
            long stored = xlog.storedPrefix(checkpoint);
            String from = String.valueOf(checkpoint.resumePosition());
            SystemIdentity identity = connection.identify();
            PostgresRemoval.dropSlot(connection.sql(), names, messages);
            long epoch = checkpoint.epoch() + 1;
            xlog.store(ControlRecord.of(
                    ControlKind.INTENT,
                    checkpoint.epoch(),
                    stored,
                    null,
                    xlog.nowMicros(),
                    Map.of(Detail.REASON, XlogSide.ACCEPTED_LOSS, Detail.ACTOR, actor)));
            CreatedSlot slot = connection.createSlot(names.slot(), false, false);
            String to = Lsn.format(slot.consistentPoint());
            xlog.store(
                    ControlRecord.of(
                            ControlKind.GAP,
                            checkpoint.epoch(),
                            stored,
                            to,
                            xlog.nowMicros(),
                            Map.of(Detail.FROM, from, Detail.TO, to, Detail.REASON, reason, Detail.ACTOR, actor)),
                    xlog.epochRecord(
                            epoch,
                            stored + 1,
                            to,
                            XlogSide.ACCEPTED_LOSS,
                            PostgresSession.facts(identity, names),
                            SnapshotMode.NONE));
            messages.accept("Accepted: changes between " + from + " and " + to
                    + " are lost (reason and actor stand on the control log). Epoch " + epoch + " begins at " + to
                    + ".");
        }
    }
}
