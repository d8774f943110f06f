package io.twinlog.capture;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.metrics.CaptureMetrics;
import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.connection.CopyStream;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ReplicationConnection.CreatedSlot;
import io.twinlog.capture.postgres.connection.ReplicationConnection.SystemIdentity;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.precondition.Continuity;
import io.twinlog.capture.postgres.precondition.Lease;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Checkpoint.Stage;
import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.publish.ControlLogWriter;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.PublishedShapes;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.StoredPrefix;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.snapshot.Snapshot;
import io.twinlog.capture.snapshot.SnapshotLog;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.capture.stream.KeyColumns;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.StatusCodec;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.TopicNames;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a capture between two failures: find out where we stand, prove that the source goes on there, read what is left of
 * the initial sync, stream. Owned by the capturing thread.
 *
 * <p>What exists decides what is done. Nothing anywhere: announce the start (INTENT), create publication and slot, begin epoch 1.
 * INTENT without an epoch: a start died half-way; its slot is dropped and the start repeated. A slot without control log: the log
 * was deleted, GAP. An epoch whose snapshot is not complete: read the rest in a new epoch. Else: stream on.
 */
final class CaptureSession {

    static final String ACCEPTED_LOSS = "accepted-loss";
    private static final String START = "start";
    private static final String SNAPSHOT_RESUMED = "snapshot-resumed";
    private static final String PRODUCT_VERSION = "0.1";
    private static final int IDLE_MILLIS = 50;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final CaptureConfig config;
    private final KafkaClients kafka;
    private final TopicNames topicNames;
    private final SourceNames names;
    private final SourceAddress source;
    private final StatusBoard board;
    private final StallWatch stallWatch;
    private final CaptureMetrics metrics;
    private final Clock clock;
    private final BooleanSupplier stopped;
    private final boolean first;
    private boolean passedPreconditions;
    private @Nullable Long streamedFrom;

    CaptureSession(
            CaptureConfig config,
            KafkaClients kafka,
            TopicNames topicNames,
            SourceNames names,
            SourceAddress source,
            StatusBoard board,
            StallWatch stallWatch,
            CaptureMetrics metrics,
            Clock clock,
            BooleanSupplier stopped,
            boolean first) {
        this.config = config;
        this.kafka = kafka;
        this.topicNames = topicNames;
        this.names = names;
        this.source = source;
        this.board = board;
        this.stallWatch = stallWatch;
        this.metrics = metrics;
        this.clock = clock;
        this.stopped = stopped;
        this.first = first;
    }

    boolean passedPreconditions() {
        return passedPreconditions;
    }

    /** Position from which the source was asked to stream, or null. */
    @Nullable
    Long streamedFrom() {
        return streamedFrom;
    }

    /** Returns true when nothing is left to do, false when it was stopped. */
    boolean run() throws SQLException, IOException, InterruptedException {
        try (Topics topics =
                new Topics(kafka, topicNames, config.partitions(), config.replicationFactor(), metrics::of)) {
            Preconditions.Findings findings = examine(topics);
            try (ReplicationConnection connection = ReplicationConnection.open(source, "twinlog-capture")) {
                Lease.acquire(connection.sql(), names, stopped, board::message);
                // Read behind the lease: nobody else writes from here on.
                return run(connection, topics, checkpoint(topics), findings);
            }
        }
    }

    private Checkpoint checkpoint(Topics topics) {
        if (!topics.exists(topicNames.transactions())) {
            return new Checkpoint(Stage.NOTHING, 0, 0, 0, null, Map.of(), 0, null, 0);
        }
        try (ControlLogTail tail = new ControlLogTail(kafka, topicNames)) {
            return tail.newest();
        }
    }

    /** At the first session everything must be right; an established replication does not stop for a table that is new. */
    private Preconditions.@Nullable Findings examine(Topics topics) {
        if (!first) {
            passedPreconditions = true;
            return null;
        }
        boolean established = false;
        try {
            established = checkpoint(topics).stage() == Stage.ESTABLISHED;
        } catch (org.apache.kafka.common.KafkaException e) {
            board.message("Kafka does not answer: " + e.getMessage());
        }
        Preconditions.Findings findings = new Preconditions(config, kafka, topicNames, names, source).examine();
        if (established && !isReachable(findings)) {
            // What was set up once is an outage, not a mistake.
            throw new TwinlogException(Category.OUTAGE, "The source or Kafka cannot be reached");
        }
        findings.require(!established);
        passedPreconditions = true;
        return findings;
    }

    private static boolean isReachable(Preconditions.Findings findings) {
        return findings.general().stream()
                .noneMatch(check -> check.level() == io.twinlog.schemas.check.Check.Level.OUTAGE);
    }

    private boolean run(
            ReplicationConnection connection,
            Topics topics,
            Checkpoint checkpoint,
            Preconditions.@Nullable Findings findings)
            throws SQLException, IOException, InterruptedException {
        SystemIdentity identity = connection.identify();
        SlotFacts slot = SlotFacts.find(connection.sql(), names.slot());
        if (checkpoint.stage() != Stage.ESTABLISHED) {
            return startAnew(connection, topics, checkpoint, identity, slot);
        }
        board.topicExists();
        boolean snapshotDone = isSnapshotDone(checkpoint);
        if (snapshotDone && "only".equals(checkpoint.fact(Detail.SNAPSHOT))) {
            board.message("The snapshot of replication " + config.replication() + " is complete already.");
            return true;
        }
        long from = Lsn.parse(requireNonNull(checkpoint.resumePosition()));
        Continuity continuity = new Continuity(config.replication(), names.slot(), from, checkpoint.facts());
        continuity.checkIdentity(identity, connection);
        continuity.checkSlot(slot);
        PublishedShapes shapes = PublishedShapes.read(kafka, topicNames);
        checkTopics(topics, shapes);
        if (findings != null) {
            adjustPublication(connection.sql(), findings);
        }
        board.message("Continuing replication " + config.replication() + " in epoch " + checkpoint.epoch()
                + " behind seq " + checkpoint.storedSeq() + " at " + Lsn.format(from));
        if (!snapshotDone) {
            return resumeSnapshot(connection, topics, checkpoint, identity, from, shapes);
        }
        TypeNames types = TypeNames.load(connection.sql());
        try (Publisher publisher = publisher(checkpoint.epoch(), checkpoint.storedSeq(), from)) {
            publisher.facts().putAll(facts(checkpoint.facts(), identity));
            TableDirectory tables = directory(topics, publisher, types, shapes, identity);
            return stream(connection, publisher, tables, filter(checkpoint), from, continuity);
        }
    }

    private static boolean isSnapshotDone(Checkpoint checkpoint) {
        String mode = checkpoint.fact(Detail.SNAPSHOT);
        return mode == null || mode.equals("none") || "true".equals(checkpoint.fact(Detail.SNAPSHOT_DONE));
    }

    private void checkTopics(Topics topics, PublishedShapes shapes) {
        Set<String> existing = topics.existing();
        for (TableId table : shapes.tables()) {
            String topic = topicNames.data(table.schema(), table.table());
            if (!existing.contains(topic)) {
                throw new TwinlogException(
                        Category.GAP,
                        "GAP in replication " + config.replication() + ": the topic " + topic
                                + " does not exist any more, and events on it may not have been applied."
                                + " Use `twinlog drop` and start with an initial sync.");
            }
        }
    }

    private static Map<String, String> facts(Map<String, String> remembered, SystemIdentity identity) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String name : List.of(
                Detail.SYSTEM_ID,
                Detail.DATABASE,
                Detail.SLOT,
                Detail.SNAPSHOT,
                Detail.SNAPSHOT_DONE,
                Detail.SNAPSHOT_END,
                Detail.LIFTED)) {
            String value = remembered.get(name);
            if (value != null) {
                facts.put(name, value);
            }
        }
        facts.put(Detail.TIMELINE, Integer.toString(identity.timeline()));
        return facts;
    }

    private ChunkFilter filter(Checkpoint checkpoint) {
        String offset = checkpoint.fact(Detail.SNAPSHOT_END);
        if (offset == null) {
            return ChunkFilter.none();
        }
        long at = Long.parseLong(offset);
        try (ControlLogTail tail = new ControlLogTail(kafka, topicNames)) {
            if (at < tail.begin()) {
                throw new TwinlogException(
                        Category.GAP,
                        "The control log " + topicNames.transactions()
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

    // --- the first start
    // -------------------------------------------------------------------------------------------------------

    private boolean startAnew(
            ReplicationConnection connection,
            Topics topics,
            Checkpoint checkpoint,
            SystemIdentity identity,
            @Nullable SlotFacts slot)
            throws SQLException, IOException, InterruptedException {
        if (slot != null && checkpoint.stage() == Stage.NOTHING) {
            throw new TwinlogException(
                    Category.GAP,
                    "GAP in replication " + config.replication() + ": replication slot '" + names.slot()
                            + "' exists at "
                            + (slot.confirmed() == null ? "no position" : Lsn.format(slot.confirmed()))
                            + ", but the control log " + topicNames.transactions()
                            + " does not: it was deleted, or this is another Kafka cluster. Use `twinlog drop` and start anew"
                            + " with an initial sync.");
        }
        topics.createCommon();
        board.topicExists();
        boolean snapshot = config.snapshot() != SnapshotMode.NONE;
        try (ControlLogWriter log = new ControlLogWriter(kafka, topicNames)) {
            log.store(ControlRecord.of(ControlKind.INTENT, 0, 0, null, nowMicros(), Map.of(Detail.SLOT, names.slot())));
            if (slot != null) {
                board.message("An earlier start died half-way; dropping its slot and beginning again.");
                connection.dropSlot(names.slot());
            }
            List<CatalogTable> tables = createPublication(connection.sql());
            TypeNames types = TypeNames.load(connection.sql());
            board.transition(
                    MemberState.STARTUP, "Creating the slot, which waits for transactions that are open at the source");
            // From here on no SQL on this connection: the exported snapshot would end.
            CreatedSlot created = connection.createSlot(names.slot(), false, snapshot);
            long position = created.consistentPoint();
            ControlRecord epoch =
                    epochRecord(1, 1, position, nowMicros(), START, identity, names.slot(), config.snapshot());
            log.store(epoch);
            board.message("Replication " + config.replication() + " begins: "
                    + tables.size() + (tables.size() == 1 ? " table" : " tables") + ", slot "
                    + names.slot() + " at " + Lsn.format(position));
            try (Publisher publisher = publisher(1, 0, position)) {
                publisher.facts().putAll(facts(epoch.details(), identity));
                TableDirectory directory =
                        directory(topics, publisher, types, PublishedShapes.read(kafka, topicNames), identity);
                topics.prepare(tables.stream().map(CatalogTable::id).toList());
                announce(directory, tables, connection);
                if (snapshot) {
                    SnapshotLog progress = SnapshotLog.begin(
                            tables.stream().map(CatalogTable::id).toList());
                    return afterSnapshot(
                            connection,
                            publisher,
                            directory,
                            position,
                            snapshot(
                                    publisher, directory, progress, requireNonNull(created.snapshot()), null, position),
                            new Continuity(config.replication(), names.slot(), position, publisher.facts()));
                }
                return stream(
                        connection,
                        publisher,
                        directory,
                        ChunkFilter.none(),
                        position,
                        new Continuity(config.replication(), names.slot(), position, publisher.facts()));
            }
        }
    }

    private List<CatalogTable> createPublication(Connection sql) throws SQLException {
        Preconditions.Findings findings = new Preconditions(config, kafka, topicNames, names, source).examine();
        findings.require(true);
        List<CatalogTable> tables = findings.usable();
        Publication existing = Publication.find(sql, names.publication());
        Set<TableId> wanted = new HashSet<>();
        tables.forEach(table -> wanted.add(table.id()));
        if (existing != null && new HashSet<>(existing.tables()).equals(wanted)) {
            return tables;
        }
        if (existing != null) {
            Publication.execute(sql, "DROP PUBLICATION " + CatalogTable.quote(names.publication()));
        }
        int version = sql.getMetaData().getDatabaseMajorVersion();
        Publication.execute(sql, Publication.createStatement(names.publication(), tables, version));
        return tables;
    }

    /** Tables that appeared since, or are not wanted any more. The change takes effect at its place in the log. */
    private void adjustPublication(Connection sql, Preconditions.Findings findings) throws SQLException {
        Publication publication = Publication.find(sql, names.publication());
        if (publication == null) {
            throw new TwinlogException(
                    Category.GAP,
                    "GAP in replication " + config.replication() + ": the publication '" + names.publication()
                            + "' was dropped; the source cannot tell any more what to send."
                            + " Use `twinlog drop` and start with an initial sync, or `twinlog accept-loss`.");
        }
        findings.tables().stream()
                .filter(check -> check.level() == io.twinlog.schemas.check.Check.Level.PROBLEM)
                .forEach(check -> board.message("Not captured: " + check.subject() + ": " + check.message()
                        + (check.remedy() == null ? "" : " -> " + check.remedy())));
        if (publication.allTables()) {
            return;
        }
        Set<TableId> published = new HashSet<>(publication.tables());
        List<CatalogTable> added = findings.usable().stream()
                .filter(table -> !published.contains(table.id()))
                .toList();
        if (!added.isEmpty()) {
            Publication.execute(sql, Publication.addStatement(names.publication(), added));
            added.forEach(table -> board.message("WARNING: table " + table.id()
                    + " is captured from now on; rows that it holds already are not copied: copy them by hand, or use `twinlog drop`"
                    + " and start with an initial sync"));
        }
        Set<TableId> selected = new HashSet<>();
        for (CatalogTable table : new SourceCatalog(sql).select(Capture.patterns(config))) {
            selected.add(table.id());
        }
        for (TableId table : published) {
            if (!selected.contains(table)) {
                Publication.execute(
                        sql,
                        "ALTER PUBLICATION " + CatalogTable.quote(names.publication()) + " DROP TABLE "
                                + CatalogTable.quote(table.schema()) + "." + CatalogTable.quote(table.table()));
                board.message("Table " + table + " is not captured any more: source.tables does not select it");
            }
        }
    }

    static ControlRecord epochRecord(
            long epoch,
            long firstSeq,
            long position,
            long timeMicros,
            String reason,
            SystemIdentity identity,
            String slot,
            SnapshotMode snapshot) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(Detail.REASON, reason);
        details.put(Detail.SYSTEM_ID, identity.systemId());
        details.put(Detail.TIMELINE, Integer.toString(identity.timeline()));
        details.put(Detail.DATABASE, String.valueOf(identity.database()));
        details.put(Detail.SLOT, slot);
        details.put(Detail.SNAPSHOT, snapshot.name().toLowerCase(Locale.ROOT));
        return new ControlRecord(
                ControlKind.EPOCH,
                epoch,
                firstSeq,
                Lsn.format(position),
                null,
                timeMicros,
                null,
                0,
                List.of(),
                firstSeq - 1,
                Lsn.format(position),
                details);
    }

    /** At the beginning of an epoch readers learn of every table, whether or not events come. */
    private void announce(TableDirectory directory, List<CatalogTable> tables, ReplicationConnection connection)
            throws SQLException {
        boolean generated =
                connection.sql().getMetaData().getDatabaseMajorVersion() >= Publication.VERSION_WITH_GENERATED;
        for (CatalogTable table : tables) {
            directory.describe(SourceCatalog.relation(table, generated));
        }
    }

    private Publisher publisher(long epoch, long storedSeq, long position) {
        Publisher publisher = new Publisher(kafka, topicNames, clock, epoch, storedSeq, position);
        stallWatch.watch(publisher);
        metrics.watch(publisher::pendingSends);
        byte[] unused = publisher.publishSchema(RegistryClient.valueSubject(topicNames.status()), StatusCodec.SCHEMA);
        board.detail("epoch", Long.toString(epoch));
        return publisher;
    }

    private TableDirectory directory(
            Topics topics, Publisher publisher, TypeNames types, PublishedShapes shapes, SystemIdentity identity) {
        return new TableDirectory(
                config.replication(),
                PRODUCT_VERSION,
                String.valueOf(identity.database()),
                publisher,
                topics,
                types,
                new KeyColumns(source, shapes::find),
                shapes::fieldNames);
    }

    // --- the initial sync
    // ------------------------------------------------------------------------------------------------------

    private boolean resumeSnapshot(
            ReplicationConnection connection,
            Topics topics,
            Checkpoint checkpoint,
            SystemIdentity identity,
            long position,
            PublishedShapes shapes)
            throws SQLException, IOException, InterruptedException {
        long stored = StoredPrefix.of(kafka, topicNames, checkpoint);
        List<CatalogTable> tables = new ArrayList<>();
        Publication publication = Publication.find(connection.sql(), names.publication());
        SourceCatalog catalog = new SourceCatalog(connection.sql());
        for (TableId id : publication == null ? List.<TableId>of() : publication.tables()) {
            CatalogTable table = catalog.find(id);
            if (table != null) {
                tables.add(table);
            }
        }
        SnapshotLog progress;
        String begin = checkpoint.fact(Detail.SNAPSHOT_BEGIN);
        if (begin == null) {
            progress = SnapshotLog.begin(tables.stream().map(CatalogTable::id).toList());
        } else {
            try (ControlLogTail tail = new ControlLogTail(kafka, topicNames)) {
                long offset = Long.parseLong(begin);
                progress = SnapshotLog.read(offset, tail.records(offset, tail.end()), stored);
            }
        }
        TypeNames types = TypeNames.load(connection.sql());
        CreatedSlot created = connection.createSlot(names.resumeSlot(), true, true);
        long epoch = checkpoint.epoch() + 1;
        SnapshotMode mode = SnapshotMode.valueOf(
                requireNonNull(checkpoint.fact(Detail.SNAPSHOT)).toUpperCase(Locale.ROOT));
        ControlRecord record =
                epochRecord(epoch, stored + 1, position, nowMicros(), SNAPSHOT_RESUMED, identity, names.slot(), mode);
        if (begin != null) {
            Map<String, String> details = new LinkedHashMap<>(record.details());
            details.put(Detail.SNAPSHOT_BEGIN, begin);
            record = new ControlRecord(
                    record.kind(),
                    record.epoch(),
                    record.seq(),
                    record.position(),
                    null,
                    record.timeMicros(),
                    null,
                    0,
                    List.of(),
                    record.storedSeq(),
                    record.resumePosition(),
                    details);
        }
        try (ControlLogWriter log = new ControlLogWriter(kafka, topicNames)) {
            log.store(record);
        }
        board.message("The initial sync was interrupted; " + progress.done().size()
                + " ranges are complete, the rest is read as of " + Lsn.format(created.consistentPoint())
                + " in epoch " + epoch);
        try (Publisher publisher = publisher(epoch, stored, position)) {
            publisher.facts().putAll(facts(record.details(), identity));
            TableDirectory directory = directory(topics, publisher, types, shapes, identity);
            announce(directory, tables, connection);
            Snapshot snapshot = snapshot(
                    publisher,
                    directory,
                    progress,
                    requireNonNull(created.snapshot()),
                    Lsn.format(created.consistentPoint()),
                    position);
            return afterSnapshot(
                    connection,
                    publisher,
                    directory,
                    position,
                    snapshot,
                    new Continuity(config.replication(), names.slot(), position, publisher.facts()));
        }
    }

    private Snapshot snapshot(
            Publisher publisher,
            TableDirectory directory,
            SnapshotLog progress,
            String exported,
            @Nullable String at,
            long position) {
        return new Snapshot(
                source, publisher, directory, progress, exported, at, position, config.snapshotReaders(), stopped);
    }

    private boolean afterSnapshot(
            ReplicationConnection connection,
            Publisher publisher,
            TableDirectory directory,
            long position,
            Snapshot snapshot,
            Continuity continuity)
            throws SQLException, IOException, InterruptedException {
        board.transition(MemberState.STARTUP2, "Initial sync");
        List<Chunk> readLater = snapshot.run(board::message, board::detail);
        if (readLater == null) {
            publisher.awaitStored(STOP_PATIENCE);
            return false;
        }
        if ("only".equals(publisher.facts().get(Detail.SNAPSHOT))) {
            publisher.heartbeat(position, position);
            publisher.awaitStored(STOP_PATIENCE);
            Removal.dropSlot(connection.sql(), names, board::message);
            Publication.execute(connection.sql(), "DROP PUBLICATION " + CatalogTable.quote(names.publication()));
            return true;
        }
        if (snapshot.usedTemporarySlot()) {
            connection.dropSlot(names.resumeSlot());
        }
        return stream(connection, publisher, directory, new ChunkFilter(readLater, List.of()), position, continuity);
    }

    // --- the stream
    // ------------------------------------------------------------------------------------------------------------

    private boolean stream(
            ReplicationConnection connection,
            Publisher publisher,
            TableDirectory directory,
            ChunkFilter filter,
            long position,
            Continuity continuity)
            throws SQLException, IOException {
        int version = connection.sql().getMetaData().getDatabaseMajorVersion();
        streamedFrom = position;
        try (CopyStream stream = connection.stream(names.slot(), names.publication(), position, version, IDLE_MILLIS)) {
            try (Connection sql = source.open()) {
                // Between the first look and START_REPLICATION somebody could have moved the slot.
                continuity.checkSlot(SlotFacts.find(sql, names.slot()));
            }
            new StreamLoop(stream, publisher, directory, filter, position, board, stopped).run();
            return false;
        }
    }

    private long nowMicros() {
        return clock.millis() * 1000;
    }
}
