package io.twinlog.capture;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SlotFacts;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.catalog.SourceNames;
import io.twinlog.capture.postgres.changes.KeyColumns;
import io.twinlog.capture.postgres.changes.PgOutputStream;
import io.twinlog.capture.postgres.changes.Relations;
import io.twinlog.capture.postgres.connection.CopyStream;
import io.twinlog.capture.postgres.connection.ReplicationConnection;
import io.twinlog.capture.postgres.connection.ReplicationConnection.CreatedSlot;
import io.twinlog.capture.postgres.connection.ReplicationConnection.SystemIdentity;
import io.twinlog.capture.postgres.precondition.Continuity;
import io.twinlog.capture.postgres.snapshot.PostgresRows;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Checkpoint.Stage;
import io.twinlog.capture.publish.PublishedShapes;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.snapshot.Snapshot;
import io.twinlog.capture.snapshot.SnapshotLog;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import io.twinlog.capture.stream.TransactionWriter;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.TableId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a capture of PostgreSQL: find out where we stand, prove that the source goes on there, read what is left of the
 * initial sync, stream. Owned by the capturing thread.
 *
 * <p>What exists decides what is done. Nothing anywhere: announce the start (INTENT), create publication and slot, begin epoch 1.
 * INTENT without an epoch: a start died half-way; its slot is dropped and the start repeated. A slot without control log: the log
 * was deleted, GAP. An epoch whose snapshot is not complete: read the rest in a new epoch. Else: stream on.
 */
final class PostgresSession implements Source.Session {

    private static final int IDLE_MILLIS = 50;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final PostgresSource source;
    private final ReplicationConnection connection;
    private final XlogSide xlog;
    private final StatusBoard board;
    private final BooleanSupplier stopped;
    private final SourceNames names;
    private final String replication;
    private @Nullable String streamedFrom;

    PostgresSession(
            PostgresSource source,
            ReplicationConnection connection,
            XlogSide xlog,
            StatusBoard board,
            BooleanSupplier stopped) {
        this.source = source;
        this.connection = connection;
        this.xlog = xlog;
        this.board = board;
        this.stopped = stopped;
        this.names = source.names();
        this.replication = source.config().replication();
    }

    /** What a session works with once there is an epoch. */
    private record Work(Publisher publisher, Relations relations, Continuity continuity, long position) {}

    @Override
    public @Nullable String streamedFrom() {
        return streamedFrom;
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public boolean run(Topics topics, Checkpoint checkpoint, Preconditions.@Nullable Findings findings)
            throws SQLException, IOException, InterruptedException {
        SystemIdentity identity = connection.identify();
        SlotFacts slot = SlotFacts.find(connection.sql(), names.slot());
        if (checkpoint.stage() != Stage.ESTABLISHED) {
            return startAnew(topics, checkpoint, identity, slot);
        }
        board.topicExists();
        if (xlog.isFinished(checkpoint)) {
            return true;
        }
        long from = Lsn.parse(requireNonNull(checkpoint.resumePosition()));
        Continuity continuity = new Continuity(replication, names.slot(), from, checkpoint.facts());
        continuity.checkIdentity(identity, connection);
        continuity.checkSlot(slot);
        awaitFree(slot);
        PublishedShapes shapes = xlog.shapes();
        xlog.checkTopics(topics, shapes);
        if (findings != null) {
            new PublicationKeeper(source, xlog, board).adjust(connection.sql(), findings);
        }
        board.message("Continuing replication " + replication + " in epoch " + checkpoint.epoch() + " behind seq "
                + checkpoint.storedSeq() + " at " + Lsn.format(from));
        if (!XlogSide.isSnapshotDone(checkpoint)) {
            return resumeSnapshot(topics, checkpoint, identity, from, shapes);
        }
        TypeNames types = TypeNames.load(connection.sql());
        try (Publisher publisher = xlog.publisher(checkpoint.epoch(), checkpoint.storedSeq(), from, Lsn::format)) {
            publisher.facts().putAll(facts(checkpoint.facts(), identity));
            Relations relations = relations(topics, publisher, types, shapes, identity);
            return stream(new Work(publisher, relations, continuity, from), xlog.filter(checkpoint));
        }
    }

    /**
     * Who streams for a capture holds its lease, and that we have: whoever uses the slot is something else, or a process that ends just
     * now, which lets go of the lease first.
     */
    private void awaitFree(@Nullable SlotFacts slot) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        for (SlotFacts now = slot; now != null && now.activePid() != null; ) {
            if (stopped.getAsBoolean() || System.nanoTime() > deadline) {
                throw new TwinlogException(
                        Category.OUTAGE,
                        "Slot '" + now.name() + "' of the source is used by pid " + now.activePid() + ", application '"
                                + now.application() + "', client " + now.client() + ", since " + now.since()
                                + ", which is no capture; to end that: SELECT pg_terminate_backend(" + now.activePid()
                                + ")");
            }
            Thread.sleep(IDLE_MILLIS);
            now = SlotFacts.find(connection.sql(), names.slot());
        }
    }

    /** What an epoch record says about the source. */
    static Map<String, String> facts(SystemIdentity identity, SourceNames names) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(Detail.SYSTEM_ID, identity.systemId());
        facts.put(Detail.TIMELINE, Integer.toString(identity.timeline()));
        facts.put(Detail.DATABASE, String.valueOf(identity.database()));
        facts.put(Detail.SLOT, names.slot());
        return facts;
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

    // --- the first start

    private boolean startAnew(Topics topics, Checkpoint checkpoint, SystemIdentity identity, @Nullable SlotFacts slot)
            throws SQLException, IOException, InterruptedException {
        if (slot != null && checkpoint.stage() == Stage.NOTHING) {
            throw new TwinlogException(
                    Category.GAP,
                    "GAP in replication " + replication + ": replication slot '" + names.slot()
                            + "' exists at "
                            + (slot.confirmed() == null ? "no position" : Lsn.format(slot.confirmed()))
                            + ", but the control log " + xlog.names().transactions()
                            + " does not: it was deleted, or this is another Kafka cluster. Use `twinlog drop` and start anew"
                            + " with an initial sync.");
        }
        topics.createCommon();
        board.topicExists();
        SnapshotMode mode = source.config().snapshot();
        boolean snapshot = mode != SnapshotMode.NONE;
        xlog.store(xlog.intent(Map.of(Detail.SLOT, names.slot())));
        if (slot != null) {
            board.message("An earlier start died half-way; dropping its slot and beginning again.");
            connection.dropSlot(names.slot());
        }
        List<CatalogTable> tables = new PublicationKeeper(source, xlog, board).create(connection.sql());
        TypeNames types = TypeNames.load(connection.sql());
        board.transition(
                MemberState.STARTUP, "Creating the slot, which waits for transactions that are open at the source");
        // From here on no SQL on this connection: the exported snapshot would end.
        CreatedSlot created = connection.createSlot(names.slot(), false, snapshot);
        long position = created.consistentPoint();
        ControlRecord epoch =
                xlog.epochRecord(1, 1, Lsn.format(position), XlogSide.START, facts(identity, names), mode);
        xlog.store(epoch);
        board.message("Replication " + replication + " begins: "
                + tables.size() + (tables.size() == 1 ? " table" : " tables") + ", slot "
                + names.slot() + " at " + Lsn.format(position));
        try (Publisher publisher = xlog.publisher(1, 0, position, Lsn::format)) {
            publisher.facts().putAll(facts(epoch.details(), identity));
            Relations relations = relations(topics, publisher, types, xlog.shapes(), identity);
            List<TableId> ids = tables.stream().map(CatalogTable::id).toList();
            topics.prepare(ids);
            announce(relations, tables);
            Work work = new Work(
                    publisher,
                    relations,
                    new Continuity(replication, names.slot(), position, publisher.facts()),
                    position);
            return snapshot
                    ? syncAndStream(work, SnapshotLog.begin(ids), requireNonNull(created.snapshot()), null)
                    : stream(work, ChunkFilter.none());
        }
    }

    /** At the beginning of an epoch readers learn of every table, whether or not events come. */
    private void announce(Relations relations, List<CatalogTable> tables) throws SQLException {
        boolean generated =
                connection.sql().getMetaData().getDatabaseMajorVersion() >= Publication.VERSION_WITH_GENERATED;
        for (CatalogTable table : tables) {
            relations.describe(SourceCatalog.relation(table, generated));
        }
    }

    private Relations relations(
            Topics topics, Publisher publisher, TypeNames types, PublishedShapes shapes, SystemIdentity identity) {
        return new Relations(
                xlog.directory(topics, publisher, shapes, String.valueOf(identity.database())),
                types,
                new KeyColumns(source.location(), shapes::find));
    }

    // --- the initial sync

    private boolean resumeSnapshot(
            Topics topics, Checkpoint checkpoint, SystemIdentity identity, long position, PublishedShapes shapes)
            throws SQLException, IOException, InterruptedException {
        long stored = xlog.storedPrefix(checkpoint);
        Publication publication = Publication.find(connection.sql(), names.publication());
        List<CatalogTable> tables =
                PublicationKeeper.find(connection.sql(), publication == null ? List.of() : publication.tables());
        SnapshotLog progress = xlog.snapshotLog(
                checkpoint, stored, tables.stream().map(CatalogTable::id).toList());
        TypeNames types = TypeNames.load(connection.sql());
        CreatedSlot created = connection.createSlot(names.resumeSlot(), true, true);
        long epoch = checkpoint.epoch() + 1;
        Map<String, String> remembered = facts(identity, names);
        String begin = checkpoint.fact(Detail.SNAPSHOT_BEGIN);
        if (begin != null) {
            remembered.put(Detail.SNAPSHOT_BEGIN, begin);
        }
        ControlRecord record = xlog.epochRecord(
                epoch,
                stored + 1,
                Lsn.format(position),
                XlogSide.SNAPSHOT_RESUMED,
                remembered,
                XlogSide.mode(checkpoint));
        xlog.store(record);
        String at = Lsn.format(created.consistentPoint());
        board.message("The initial sync was interrupted; " + progress.done().size()
                + " ranges are complete, the rest is read as of " + at + " in epoch " + epoch);
        try (Publisher publisher = xlog.publisher(epoch, stored, position, Lsn::format)) {
            publisher.facts().putAll(facts(record.details(), identity));
            Relations relations = relations(topics, publisher, types, shapes, identity);
            announce(relations, tables);
            Work work = new Work(
                    publisher,
                    relations,
                    new Continuity(replication, names.slot(), position, publisher.facts()),
                    position);
            return syncAndStream(work, progress, requireNonNull(created.snapshot()), at);
        }
    }

    private boolean syncAndStream(Work work, SnapshotLog progress, String exported, @Nullable String at)
            throws SQLException, IOException, InterruptedException {
        Publisher publisher = work.publisher();
        PostgresRows rows = new PostgresRows(
                source.location(), work.relations(), exported, source.config().snapshotReaders());
        Snapshot snapshot = new Snapshot(rows, publisher, progress, at, work.position(), stopped);
        board.transition(MemberState.STARTUP2, "Initial sync");
        List<Chunk> readLater = snapshot.run(board::message, board::detail);
        if (readLater == null) {
            publisher.awaitStored(STOP_PATIENCE);
            return false;
        }
        if ("only".equals(publisher.facts().get(Detail.SNAPSHOT))) {
            publisher.heartbeat(work.position(), work.position());
            publisher.awaitStored(STOP_PATIENCE);
            PostgresRemoval.dropSlot(connection.sql(), names, board::message);
            Publication.execute(connection.sql(), "DROP PUBLICATION " + CatalogTable.quote(names.publication()));
            return true;
        }
        if (snapshot.isResumed()) {
            connection.dropSlot(names.resumeSlot());
        }
        return stream(work, new ChunkFilter(readLater, List.of()));
    }

    // --- the stream

    private boolean stream(Work work, ChunkFilter filter) throws SQLException, IOException {
        long position = work.position();
        int version = connection.sql().getMetaData().getDatabaseMajorVersion();
        streamedFrom = Lsn.format(position);
        try (CopyStream stream = connection.stream(names.slot(), names.publication(), position, version, IDLE_MILLIS)) {
            try (Connection sql = source.location().open()) {
                // Between the first look and START_REPLICATION somebody could have moved the slot.
                work.continuity().checkSlot(SlotFacts.find(sql, names.slot()));
            }
            TransactionWriter writer = new TransactionWriter(
                    work.publisher(), filter, position, source.config().origin() == OriginFilter.LOCAL);
            PgOutputStream changes = new PgOutputStream(stream, writer, work.relations());
            new StreamLoop(changes, work.publisher(), writer, board, stopped).run();
            return false;
        }
    }
}
