package io.twinlog.capture;

import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ReplicationConnection.CreatedSlot;
import io.twinlog.capture.postgres.connection.ReplicationConnection.SystemIdentity;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.precondition.Lease;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.publish.ControlLogWriter;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.StoredPrefix;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;

/** Begins a new epoch behind a gap that an operator accepted. A crash in the middle leaves a GAP, and the operator repeats. */
final class LossAcceptance {

    private final CaptureConfig config;
    private final KafkaClients kafka;
    private final TopicNames topics;
    private final SourceNames names;
    private final SourceAddress source;
    private final Clock clock;
    private final Consumer<String> messages;

    LossAcceptance(
            CaptureConfig config,
            KafkaClients kafka,
            TopicNames topics,
            SourceNames names,
            SourceAddress source,
            Clock clock,
            Consumer<String> messages) {
        this.config = config;
        this.kafka = kafka;
        this.topics = topics;
        this.names = names;
        this.source = source;
        this.clock = clock;
        this.messages = messages;
    }

    void run(String reason, String actor) throws SQLException, InterruptedException {
        new Preconditions(config, kafka, topics, names, source).examine().require(false);
        try (Topics existing = new Topics(kafka, topics, config.partitions(), config.replicationFactor());
                ReplicationConnection connection = ReplicationConnection.open(source, "twinlog-accept-loss")) {
            Lease.acquire(connection.sql(), names, () -> false, messages);
            Checkpoint checkpoint = checkpoint(existing);
            long stored = StoredPrefix.of(kafka, topics, checkpoint);
            String from = String.valueOf(checkpoint.resumePosition());
            SystemIdentity identity = connection.identify();
            Removal.dropSlot(connection.sql(), names, messages);
            try (ControlLogWriter log = new ControlLogWriter(kafka, topics)) {
                long epoch = checkpoint.epoch() + 1;
                log.store(ControlRecord.of(
                        ControlKind.INTENT,
                        checkpoint.epoch(),
                        stored,
                        null,
                        nowMicros(),
                        Map.of(Detail.REASON, CaptureSession.ACCEPTED_LOSS, Detail.ACTOR, actor)));
                CreatedSlot slot = connection.createSlot(names.slot(), false, false);
                String to = Lsn.format(slot.consistentPoint());
                log.store(ControlRecord.of(
                        ControlKind.GAP,
                        checkpoint.epoch(),
                        stored,
                        to,
                        nowMicros(),
                        Map.of(Detail.FROM, from, Detail.TO, to, Detail.REASON, reason, Detail.ACTOR, actor)));
                log.store(CaptureSession.epochRecord(
                        epoch,
                        stored + 1,
                        slot.consistentPoint(),
                        nowMicros(),
                        CaptureSession.ACCEPTED_LOSS,
                        identity,
                        names.slot(),
                        SnapshotMode.NONE));
                messages.accept("Accepted: changes between " + from + " and " + to
                        + " are lost (reason and actor stand on the control log). Epoch " + epoch + " begins at " + to
                        + ".");
            }
        }
    }

    private Checkpoint checkpoint(Topics existing) {
        if (existing.exists(topics.transactions())) {
            try (ControlLogTail tail = new ControlLogTail(kafka, topics)) {
                Checkpoint found = tail.newest();
                if (found.stage() == Checkpoint.Stage.ESTABLISHED) {
                    return found;
                }
            }
        }
        throw new TwinlogException(
                Category.GAP,
                "The control log " + topics.transactions()
                        + " is gone, so the numbers of transactions cannot be continued."
                        + " Use `twinlog drop` and start anew with an initial sync.");
    }

    private long nowMicros() {
        return clock.millis() * 1000;
    }
}
