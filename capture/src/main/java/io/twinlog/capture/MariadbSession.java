package io.twinlog.capture;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.catalog.BinlogAnchor;
import io.twinlog.capture.mariadb.catalog.BinlogFiles;
import io.twinlog.capture.mariadb.catalog.CapturedGtids;
import io.twinlog.capture.mariadb.catalog.LogIdentity;
import io.twinlog.capture.mariadb.catalog.MariadbCatalog;
import io.twinlog.capture.mariadb.catalog.MariadbTable;
import io.twinlog.capture.mariadb.catalog.ServerKind;
import io.twinlog.capture.mariadb.changes.BinlogStream;
import io.twinlog.capture.mariadb.changes.BrokenTransactionException;
import io.twinlog.capture.mariadb.changes.LoggedTables;
import io.twinlog.capture.mariadb.precondition.MariadbLease;
import io.twinlog.capture.mariadb.snapshot.MariadbRows;
import io.twinlog.capture.mariadb.value.CharacterSets;
import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Checkpoint.Stage;
import io.twinlog.capture.publish.PublishedShapes;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.Topics;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.capture.snapshot.Snapshot;
import io.twinlog.capture.snapshot.SnapshotLog;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.capture.stream.TransactionWriter;
import io.twinlog.schemas.SourcePosition;
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
 * One life of a capture of MariaDB: find out where we stand, prove that the binlog goes on there, read what is left of the initial sync,
 * stream. Owned by the capturing thread.
 *
 * <p>What is captured is decided by patterns over names of tables, which stand on the control log: other ones begin a new epoch, so that
 * within an epoch the same log always yields the same numbers.
 */
final class MariadbSession implements Source.Session {

    private static final String PATTERNS = "source_tables";
    private static final String TABLES_CHANGED = "tables-changed";
    private static final String SOURCE_DIED = "source-died";
    private static final long LEASE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final MariadbSource source;
    private final MariadbLease lease;
    private final XlogSide xlog;
    private final StatusBoard board;
    private final BooleanSupplier stopped;
    private final String replication;
    private final TablePatterns patterns;
    private @Nullable String streamedFrom;
    private long lastComplete;
    private long leaseChecked = System.nanoTime();

    MariadbSession(
            MariadbSource source, MariadbLease lease, XlogSide xlog, StatusBoard board, BooleanSupplier stopped) {
        this.source = source;
        this.lease = lease;
        this.xlog = xlog;
        this.board = board;
        this.stopped = stopped;
        this.replication = source.config().replication();
        this.patterns = new TablePatterns(source.config().tables());
    }

    /**
     * An epoch to work in.
     *
     * @param position where the stream begins, or goes on
     * @param facts what the control log remembers of it
     */
    private record Epoch(long number, long storedSeq, String position, Map<String, String> facts) {

        long at() {
            return SourcePosition.parse(position);
        }
    }

    @Override
    public @Nullable String streamedFrom() {
        return streamedFrom;
    }

    @Override
    public void close() throws SQLException {
        lease.close();
    }

    @Override
    public boolean run(Topics topics, Checkpoint checkpoint, Preconditions.@Nullable Findings findings)
            throws SQLException, IOException, InterruptedException {
        if (checkpoint.stage() != Stage.ESTABLISHED) {
            return startAnew(topics);
        }
        board.topicExists();
        if (xlog.isFinished(checkpoint)) {
            return true;
        }
        return goOn(topics, findSource(topics, checkpoint), findings);
    }

    private boolean goOn(Topics topics, Checkpoint checkpoint, Preconditions.@Nullable Findings findings)
            throws SQLException, IOException, InterruptedException {
        String from = requireNonNull(checkpoint.resumePosition());
        xlog.checkTopics(topics, xlog.shapes());
        if (findings != null) {
            findings.tables().stream()
                    .filter(check -> check.level() == io.twinlog.schemas.check.Check.Level.PROBLEM)
                    .forEach(check -> board.message("WARNING: " + check.subject() + ": " + check.message()
                            + (check.remedy() == null ? "" : " -> " + check.remedy())));
        }
        if (!XlogSide.isSnapshotDone(checkpoint)) {
            return resumeSnapshot(topics, checkpoint, from);
        }
        Epoch epoch = new Epoch(checkpoint.epoch(), checkpoint.storedSeq(), from, checkpoint.facts());
        if (!patternsText().equals(checkpoint.fact(PATTERNS))) {
            board.message("source.tables has changed; rows that added tables hold already are not copied");
            epoch = nextEpoch(checkpoint, from, TABLES_CHANGED);
        }
        board.message("Continuing replication " + replication + " in epoch " + epoch.number() + " behind seq "
                + epoch.storedSeq() + " at " + from);
        return streamOn(topics, epoch, xlog.filter(checkpoint));
    }

    /** Proves that the log goes on where we stopped; at another server than before, begins an epoch in its log. */
    private Checkpoint findSource(Topics topics, Checkpoint checkpoint)
            throws SQLException, IOException, InterruptedException {
        try (Connection connection = source.location().open()) {
            BinlogFiles files = new BinlogFiles(connection);
            String systemId = checkpoint.fact(Detail.SYSTEM_ID);
            if (systemId == null || !files.kind().isOther(files, systemId)) {
                String from = requireNonNull(checkpoint.resumePosition());
                files.kind().check(replication, files, from, checkpoint.facts());
                return checkpoint;
            }
            Map<String, String> facts = remembered(checkpoint.facts());
            String begin = checkpoint.fact(Detail.SNAPSHOT_BEGIN);
            if (begin != null) {
                facts.put(Detail.SNAPSHOT_BEGIN, begin);
            }
            return new MariadbFailover(replication, xlog).takeOver(files, source, topics, checkpoint, facts);
        }
    }

    private String patternsText() {
        return String.join(" ", source.config().tables());
    }

    /** What an epoch record says about the source. */
    static Map<String, String> facts(MariadbSource source, BinlogFiles files, String position)
            throws SQLException, IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>(files.kind().facts(files, position, source.access()));
        facts.put(PATTERNS, String.join(" ", source.config().tables()));
        return facts;
    }

    private static Map<String, String> remembered(Map<String, String> facts) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (String name : List.of(
                Detail.SYSTEM_ID,
                BinlogAnchor.SERVER_ID,
                BinlogAnchor.GTIDS,
                BinlogAnchor.AT,
                BinlogAnchor.GTID_SET,
                BinlogAnchor.FILE_BEGUN,
                CapturedGtids.FACT,
                PATTERNS,
                Detail.SNAPSHOT,
                Detail.SNAPSHOT_DONE,
                Detail.SNAPSHOT_END,
                Detail.LIFTED)) {
            String value = facts.get(name);
            if (value != null) {
                kept.put(name, value);
            }
        }
        return kept;
    }

    /** Begins another epoch behind what is stored of this one, at a place of the same log. */
    private Epoch nextEpoch(Checkpoint checkpoint, String position, String reason) {
        long stored = xlog.storedPrefix(checkpoint);
        if (stored != checkpoint.storedSeq() && reason.equals(TABLES_CHANGED)) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "source.tables has changed while transactions were in flight: " + (stored - checkpoint.storedSeq())
                            + " behind " + position
                            + " are stored and would be captured again otherwise. Start once with the"
                            + " former tables and stop in order, then change them.");
        }
        Map<String, String> facts = remembered(checkpoint.facts());
        facts.put(PATTERNS, patternsText());
        long number = checkpoint.epoch() + 1;
        SnapshotMode mode = checkpoint.fact(Detail.SNAPSHOT) == null ? SnapshotMode.NONE : XlogSide.mode(checkpoint);
        xlog.store(xlog.epochRecord(number, stored + 1, position, reason, facts, mode));
        return new Epoch(number, stored, position, facts);
    }

    // --- the first start

    private boolean startAnew(Topics topics) throws SQLException, IOException, InterruptedException {
        Preconditions.Findings findings = new Preconditions(xlog, source).examine();
        findings.require(true);
        topics.createCommon();
        board.topicExists();
        List<TableId> tables = findings.usable();
        SnapshotMode mode = source.config().snapshot();
        board.transition(MemberState.STARTUP, "Finding the place in the binlog to begin at");
        try (Connection connection = source.location().open()) {
            CharacterSets sets = CharacterSets.load(connection);
            BinlogFiles files = new BinlogFiles(connection);
            if (mode == SnapshotMode.NONE) {
                Epoch epoch = firstEpoch(files, files.end(), mode, tables.size());
                topics.prepare(tables);
                return streamOn(topics, epoch, ChunkFilter.none());
            }
            try (MariadbRows rows = MariadbRows.begin(source.location(), sets)) {
                Epoch epoch = firstEpoch(files, rows.position(), mode, tables.size());
                topics.prepare(tables);
                return sync(topics, epoch, rows, SnapshotLog.begin(tables), null);
            }
        }
    }

    private Epoch firstEpoch(BinlogFiles files, String position, SnapshotMode mode, int tables)
            throws SQLException, IOException, InterruptedException {
        Map<String, String> facts = facts(source, files, position);
        facts.put(Detail.SNAPSHOT, mode.name().toLowerCase(java.util.Locale.ROOT));
        xlog.store(xlog.epochRecord(1, 1, position, XlogSide.START, facts, mode));
        board.message("Replication " + replication + " begins: " + tables + (tables == 1 ? " table" : " tables")
                + ", at " + position);
        return new Epoch(1, 0, position, facts);
    }

    // --- the initial sync

    private boolean resumeSnapshot(Topics topics, Checkpoint checkpoint, String position)
            throws SQLException, IOException, InterruptedException {
        long stored = xlog.storedPrefix(checkpoint);
        try (Connection connection = source.location().open();
                MariadbRows rows = MariadbRows.begin(source.location(), CharacterSets.load(connection))) {
            SnapshotLog progress =
                    xlog.snapshotLog(checkpoint, stored, new MariadbCatalog(connection).select(patterns));
            Map<String, String> facts = remembered(checkpoint.facts());
            String begin = checkpoint.fact(Detail.SNAPSHOT_BEGIN);
            if (begin != null) {
                facts.put(Detail.SNAPSHOT_BEGIN, begin);
            }
            long number = checkpoint.epoch() + 1;
            xlog.store(xlog.epochRecord(
                    number, stored + 1, position, XlogSide.SNAPSHOT_RESUMED, facts, XlogSide.mode(checkpoint)));
            board.message("The initial sync was interrupted; " + progress.done().size()
                    + " ranges are complete, the rest is read as of " + rows.position() + " in epoch " + number);
            return sync(topics, new Epoch(number, stored, position, facts), rows, progress, rows.position());
        }
    }

    private boolean sync(Topics topics, Epoch epoch, MariadbRows rows, SnapshotLog progress, @Nullable String at)
            throws SQLException, IOException, InterruptedException {
        board.transition(MemberState.STARTUP2, "Initial sync");
        List<Chunk> readLater;
        try (Publisher publisher = publisher(epoch)) {
            TableDirectory directory = directory(topics, publisher, xlog.shapes());
            announce(directory, progress.tables());
            Snapshot snapshot =
                    new Snapshot(rows.announcingTo(directory), publisher, progress, at, epoch.at(), this::isStopped);
            readLater = snapshot.run(board::message, board::detail);
            boolean stored = publisher.awaitStored(STOP_PATIENCE);
            if (readLater == null) {
                return false;
            }
            if ("only".equals(publisher.facts().get(Detail.SNAPSHOT))) {
                publisher.heartbeat(epoch.at(), epoch.at());
                stored &= publisher.awaitStored(STOP_PATIENCE);
                board.message("The snapshot is stored: " + stored);
                return true;
            }
            rows.close();
            return stream(topics, epoch, publisher, directory, new ChunkFilter(readLater, List.of()));
        } catch (BrokenTransactionException e) {
            return goOnBehind(topics, e);
        }
    }

    /** Asked all the time while rows are read: keeps the lease, which the stream does later on. */
    private boolean isStopped() {
        long now = System.nanoTime();
        if (now - leaseChecked > LEASE_NANOS) {
            leaseChecked = now;
            try {
                lease.check();
            } catch (SQLException e) {
                throw MariadbSource.sqlFailure(e, null);
            }
        }
        return stopped.getAsBoolean();
    }

    /** At the beginning of an epoch readers learn of every table, whether or not events come. */
    private void announce(TableDirectory directory, List<TableId> tables) throws SQLException {
        try (Connection connection = source.location().open()) {
            MariadbCatalog catalog = new MariadbCatalog(connection);
            for (TableId id : tables) {
                MariadbTable table = catalog.find(id);
                if (table != null && table.hasKey()) {
                    directory.describe(table.shape());
                }
            }
        }
    }

    // --- the stream

    private Publisher publisher(Epoch epoch) {
        SourcePosition.Format format = SourcePosition.binlog(BinlogFiles.baseName(epoch.position()));
        Publisher publisher = xlog.publisher(epoch.number(), epoch.storedSeq(), epoch.at(), format);
        publisher.facts().putAll(remembered(epoch.facts()));
        return publisher;
    }

    private TableDirectory directory(Topics topics, Publisher publisher, PublishedShapes shapes) {
        return xlog.directory(topics, publisher, shapes, null);
    }

    private boolean streamOn(Topics topics, Epoch epoch, ChunkFilter filter)
            throws SQLException, IOException, InterruptedException {
        try (Publisher publisher = publisher(epoch)) {
            TableDirectory directory = directory(topics, publisher, xlog.shapes());
            try (Connection connection = source.location().open()) {
                announce(directory, new MariadbCatalog(connection).select(patterns));
            }
            return stream(topics, epoch, publisher, directory, filter);
        } catch (BrokenTransactionException e) {
            return goOnBehind(topics, e);
        }
    }

    private boolean stream(
            Topics topics, Epoch epoch, Publisher publisher, TableDirectory directory, ChunkFilter filter)
            throws SQLException, IOException, InterruptedException {
        PublishedShapes shapes = xlog.shapes();
        TransactionWriter writer = new TransactionWriter(
                publisher, filter, epoch.at(), source.config().origin() == OriginFilter.LOCAL);
        CharacterSets sets;
        LogIdentity identity;
        ServerKind kind;
        try (Connection connection = source.location().open()) {
            sets = CharacterSets.load(connection);
            BinlogFiles files = new BinlogFiles(connection);
            kind = files.kind();
            identity = kind.identity(
                    replication, publisher::text, files, epoch.position(), epoch.facts(), source.access());
        }
        LoggedTables tables = new LoggedTables(source.location(), kind, patterns, directory, sets, shapes::find);
        streamedFrom = epoch.position();
        try (BinlogConnection connection = source.access().from(epoch.position())) {
            BinlogStream stream =
                    new BinlogStream(connection, writer, tables, epoch.at(), identity, lease::check, board::message);
            stream.begin();
            new StreamLoop(stream, publisher, writer, board, stopped).run();
            return false;
        } catch (BrokenTransactionException e) {
            publisher.awaitStored(STOP_PATIENCE);
            lastComplete = publisher.seq() - 1;
            throw e;
        }
    }

    /** A transaction that the source never finished is void from the next epoch on. */
    private boolean goOnBehind(Topics topics, BrokenTransactionException broken)
            throws SQLException, IOException, InterruptedException {
        Checkpoint checkpoint = xlog.checkpoint(topics);
        if (xlog.storedPrefix(checkpoint) != lastComplete) {
            throw new TwinlogException(
                    Category.OUTAGE, "Not every transaction before the one that the source left unfinished is stored");
        }
        String from = requireNonNull(checkpoint.resumePosition());
        String next = SourcePosition.binlog(BinlogFiles.baseName(from)).format(broken.next());
        board.message(broken.getMessage() + "; going on at " + next);
        return streamOn(topics, nextEpoch(checkpoint, next, SOURCE_DIED), xlog.filter(checkpoint));
    }
}
