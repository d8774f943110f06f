package io.twinlog.capture;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.metrics.CaptureMetrics;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Checkpoint.Stage;
import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.publish.ControlLogWriter;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.PublishedShapes;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.StoredPrefix;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.snapshot.SnapshotLog;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.status.StatusCodec;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The topics' side of a capture, the same for every kind of source: where it stands there, and how it goes on. */
record XlogSide(
        CaptureConfig config,
        KafkaClients kafka,
        TopicNames names,
        StatusBoard board,
        StallWatch stallWatch,
        CaptureMetrics metrics,
        Clock clock) {

    static final String START = "start";
    static final String SNAPSHOT_RESUMED = "snapshot-resumed";
    static final String ORIGIN_CHANGED = "origin-changed";
    static final String ACCEPTED_LOSS = "accepted-loss";
    private static final String PRODUCT_VERSION = "0.1";

    Topics topics() {
        return new Topics(kafka, names, config.partitions(), config.replicationFactor(), metrics::of);
    }

    Checkpoint checkpoint(Topics topics) {
        if (!topics.exists(names.transactions())) {
            return Checkpoint.NOTHING;
        }
        try (ControlLogTail tail = new ControlLogTail(kafka, names)) {
            return tail.newest();
        }
    }

    /** The checkpoint of a replication that has begun; GAP if the control log is gone. */
    Checkpoint establishedCheckpoint(Topics topics) {
        Checkpoint found = checkpoint(topics);
        if (found.stage() == Stage.ESTABLISHED) {
            return found;
        }
        throw new TwinlogException(
                Category.GAP,
                "The control log " + names.transactions()
                        + " is gone, so the numbers of transactions cannot be continued."
                        + " Use `twinlog drop` and start anew with an initial sync.");
    }

    static boolean isSnapshotDone(Checkpoint checkpoint) {
        String mode = checkpoint.fact(Detail.SNAPSHOT);
        return mode == null || mode.equals("none") || "true".equals(checkpoint.fact(Detail.SNAPSHOT_DONE));
    }

    /** Whether nothing was wanted but a snapshot, and it is complete. Says so. */
    boolean isFinished(Checkpoint checkpoint) {
        boolean finished = isSnapshotDone(checkpoint) && "only".equals(checkpoint.fact(Detail.SNAPSHOT));
        if (finished) {
            board.message("The snapshot of replication " + config.replication() + " is complete already.");
        }
        return finished;
    }

    PublishedShapes shapes() {
        return PublishedShapes.read(kafka, names);
    }

    /** Every table that was published must still have its topic. */
    void checkTopics(Topics topics, PublishedShapes shapes) {
        Set<String> existing = topics.existing();
        for (TableId table : shapes.tables()) {
            String topic = names.data(table.schema(), table.table());
            if (!existing.contains(topic)) {
                throw new TwinlogException(
                        Category.GAP,
                        "GAP in replication " + config.replication() + ": the topic " + topic
                                + " does not exist any more, and events on it may not have been applied."
                                + " Use `twinlog drop` and start with an initial sync.");
            }
        }
    }

    /** What the stream leaves out because a resumed initial sync has read it later. */
    ChunkFilter filter(Checkpoint checkpoint) {
        String offset = checkpoint.fact(Detail.SNAPSHOT_END);
        if (offset == null) {
            return ChunkFilter.none();
        }
        long at = Long.parseLong(offset);
        try (ControlLogTail tail = new ControlLogTail(kafka, names)) {
            if (at < tail.begin()) {
                throw new TwinlogException(
                        Category.GAP,
                        "The control log " + names.transactions()
                                + " has lost the end of the initial sync (offset " + at
                                + "), which still filters the stream. Use `twinlog drop` and start with an initial sync.");
            }
            String chunks = tail.records(at, at + 1).get(0).record().detail(Detail.CHUNKS);
            String lifted = checkpoint.fact(Detail.LIFTED);
            return new ChunkFilter(
                    Chunk.fromJson(chunks == null ? "[]" : chunks),
                    lifted == null ? List.of() : TableList.fromJson(lifted));
        }
    }

    /** The highest transaction that is complete in Kafka together with all before it, proven by reading. */
    long storedPrefix(Checkpoint checkpoint) {
        return StoredPrefix.of(kafka, names, checkpoint);
    }

    /**
     * How far the initial sync has come.
     *
     * @param tables those to be read where nothing was begun
     */
    SnapshotLog snapshotLog(Checkpoint checkpoint, long stored, List<TableId> tables) {
        String begin = checkpoint.fact(Detail.SNAPSHOT_BEGIN);
        if (begin == null) {
            return SnapshotLog.begin(tables);
        }
        try (ControlLogTail tail = new ControlLogTail(kafka, names)) {
            long offset = Long.parseLong(begin);
            return SnapshotLog.read(offset, tail.records(offset, tail.end()), stored);
        }
    }

    static SnapshotMode mode(Checkpoint checkpoint) {
        return SnapshotMode.valueOf(
                requireNonNull(checkpoint.fact(Detail.SNAPSHOT)).toUpperCase(Locale.ROOT));
    }

    /**
     * The record that begins an epoch.
     *
     * @param facts about the source, repeated by every heartbeat
     */
    ControlRecord epochRecord(
            long epoch,
            long firstSeq,
            String position,
            String reason,
            Map<String, String> facts,
            SnapshotMode snapshot) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(Detail.REASON, reason);
        details.putAll(facts);
        details.put(Detail.ORIGIN_FILTER, originFilter());
        details.put(Detail.SNAPSHOT, snapshot.name().toLowerCase(Locale.ROOT));
        return new ControlRecord(
                ControlKind.EPOCH,
                epoch,
                firstSeq,
                position,
                null,
                nowMicros(),
                null,
                0,
                List.of(),
                firstSeq - 1,
                position,
                details);
    }

    private String originFilter() {
        return config.origin().name().toLowerCase(Locale.ROOT);
    }

    /**
     * Another filter of origins takes effect with an epoch of its own: within one, the same log always yields the same numbers.
     *
     * @return where that epoch stands, or the same where nothing has changed
     */
    Checkpoint withOriginFilter(Topics topics, Checkpoint checkpoint) {
        String before = checkpoint.facts().getOrDefault(Detail.ORIGIN_FILTER, "any");
        if (checkpoint.stage() != Stage.ESTABLISHED || !isSnapshotDone(checkpoint) || before.equals(originFilter())) {
            return checkpoint;
        }
        long inFlight = storedPrefix(checkpoint) - checkpoint.storedSeq();
        if (inFlight > 0) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "capture.origin has changed from " + before + " to " + originFilter()
                            + " while transactions were in flight: " + inFlight + " behind "
                            + checkpoint.resumePosition()
                            + " are stored and would be captured again otherwise. Start once with the former value and stop"
                            + " in order, then change it.");
        }
        Map<String, String> facts = new LinkedHashMap<>(checkpoint.facts());
        facts.remove(Detail.SOURCE_END);
        SnapshotMode mode = checkpoint.fact(Detail.SNAPSHOT) == null ? SnapshotMode.NONE : mode(checkpoint);
        long epoch = checkpoint.epoch() + 1;
        String position = requireNonNull(checkpoint.resumePosition());
        store(epochRecord(epoch, checkpoint.storedSeq() + 1, position, ORIGIN_CHANGED, facts, mode));
        board.message("capture.origin is " + originFilter() + " now: epoch " + epoch + " begins at " + position);
        return checkpoint(topics);
    }

    /** Stores single control records before there is a publisher. */
    void store(ControlRecord... records) {
        try (ControlLogWriter log = new ControlLogWriter(kafka, names)) {
            for (ControlRecord record : records) {
                log.store(record);
            }
        }
    }

    /** INTENT: something is about to be created at the source. */
    ControlRecord intent(Map<String, String> details) {
        return ControlRecord.of(ControlKind.INTENT, 0, 0, null, nowMicros(), details);
    }

    Publisher publisher(long epoch, long storedSeq, long position, SourcePosition.Format format) {
        Publisher publisher = new Publisher(kafka, names, clock, epoch, storedSeq, position, format);
        publisher.facts().put(Detail.ORIGIN_FILTER, originFilter());
        stallWatch.watch(publisher);
        metrics.watch(publisher::pendingSends);
        byte[] unused = publisher.publishSchema(RegistryClient.valueSubject(names.status()), StatusCodec.SCHEMA);
        board.detail("epoch", Long.toString(epoch));
        return publisher;
    }

    /** @param database name of the source database, or null where it is that of each table */
    TableDirectory directory(Topics topics, Publisher publisher, PublishedShapes shapes, @Nullable String database) {
        return new TableDirectory(
                config.replication(), PRODUCT_VERSION, database, publisher, topics, shapes::fieldNames);
    }

    long nowMicros() {
        return clock.millis() * 1000;
    }
}
