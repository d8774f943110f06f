package io.twinlog.capture.snapshot;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.postgres.catalog.Publication;
import io.twinlog.capture.postgres.catalog.SourceCatalog;
import io.twinlog.capture.postgres.connection.SourceAddress;
import io.twinlog.capture.postgres.pgoutput.Tuple;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.capture.stream.EventWriter;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the rows of all tables, or what an earlier attempt left of them. Readers run ahead; this thread encodes, numbers and
 * sends, chunk after chunk, because numbers must be in order within each partition. Used once.
 */
public final class Snapshot {

    private static final int ROWS_PER_CHUNK = 50_000;
    private static final long TICK_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long LOOK_MILLIS = 100;
    private static final int GUESSED_ROW_BYTES = 64;

    private final SourceAddress source;
    private final Publisher publisher;
    private final TableDirectory directory;
    private final SnapshotLog log;
    private final String exported;
    private final @Nullable String at;
    private final long position;
    private final int readers;
    private final BooleanSupplier stopped;
    private final EventWriter events;
    private final Tuple tuple = new Tuple();
    private final List<Chunk> done;
    private long chunks;
    private long lastHeartbeat;
    private long lastProgress;

    /**
     * @param exported name of the snapshot that readers import
     * @param at its position where that is later than the slot's own, else null
     * @param position the slot's own
     */
    public Snapshot(
            SourceAddress source,
            Publisher publisher,
            TableDirectory directory,
            SnapshotLog log,
            String exported,
            @Nullable String at,
            long position,
            int readers,
            BooleanSupplier stopped) {
        this.source = source;
        this.publisher = publisher;
        this.directory = directory;
        this.log = log;
        this.exported = exported;
        this.at = at;
        this.position = position;
        this.readers = Math.max(1, readers);
        this.stopped = stopped;
        this.events = new EventWriter(publisher);
        this.done = new ArrayList<>(log.done());
        this.chunks = log.chunks();
    }

    public boolean usedTemporarySlot() {
        return at != null;
    }

    /**
     * Reads and publishes everything.
     *
     * @return the chunks that were read at a later position than the stream begins at; null if it was stopped before the end
     */
    public @Nullable List<Chunk> run(Consumer<String> messages, BiConsumer<String, String> details)
            throws SQLException, IOException, InterruptedException {
        List<ChunkPlan.PlannedTable> tables = new ArrayList<>();
        long estimate = plan(tables, messages);
        begin(tables);
        Progress progress = new Progress(estimate, tables.size(), System.nanoTime());
        ChunkQueue queue = new ChunkQueue(new ChunkPlan(tables, at, ROWS_PER_CHUNK), 2 * readers);
        List<Thread> threads = startReaders(queue);
        try {
            if (!publishAll(queue, progress, messages, details)) {
                return null;
            }
        } catch (SQLException | RuntimeException | InterruptedException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new TwinlogException(Category.BUG, "A reader of the initial sync failed", e);
        } finally {
            queue.fail(new InterruptedException("The initial sync ended"));
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join(5_000);
            }
        }
        return end(progress, messages, details);
    }

    private long plan(List<ChunkPlan.PlannedTable> tables, Consumer<String> messages) throws SQLException {
        long estimate = 0;
        try (Connection connection = source.open()) {
            boolean generated =
                    connection.getMetaData().getDatabaseMajorVersion() >= Publication.VERSION_WITH_GENERATED;
            SourceCatalog catalog = new SourceCatalog(connection);
            for (TableId id : log.tables()) {
                CatalogTable table = catalog.find(id);
                Chunk last = log.lastOf(id);
                if (table == null) {
                    messages.accept("Table " + id + " was dropped before the initial sync read it");
                } else if (last == null || !last.isLast()) {
                    tables.add(new ChunkPlan.PlannedTable(
                            table,
                            directory.describe(SourceCatalog.relation(table, generated)),
                            last == null ? null : last.upTo()));
                    estimate += estimate(connection, table);
                }
            }
        }
        return estimate;
    }

    /** The planner's estimate; for a table that was never analyzed a guess from its size. */
    private static long estimate(Connection connection, CatalogTable table) throws SQLException {
        if (table.rows() > 0) {
            return table.rows();
        }
        String sql =
                "SELECT sum(pg_catalog.pg_relation_size(t.relid)) FROM (SELECT relid FROM pg_catalog.pg_partition_tree("
                        + Integer.toUnsignedString(table.oid()) + ") UNION SELECT "
                        + Integer.toUnsignedString(table.oid()) + ") t";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) / GUESSED_ROW_BYTES : 0;
        }
    }

    private void begin(List<ChunkPlan.PlannedTable> tables) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(Detail.TABLES, TableList.toJson(log.tables()));
        details.put(Detail.RESUMED, Boolean.toString(log.beginOffset() != null));
        Long earlier = log.beginOffset();
        long offset = publisher.store(record(ControlKind.SNAPSHOT_BEGIN, details));
        publisher.facts().put(Detail.SNAPSHOT_BEGIN, Long.toString(earlier == null ? offset : earlier));
        heartbeat(System.nanoTime());
    }

    private ControlRecord record(ControlKind kind, Map<String, String> details) {
        return ControlRecord.of(
                kind,
                publisher.epoch(),
                publisher.seq(),
                Lsn.format(position),
                System.currentTimeMillis() * 1000,
                details);
    }

    private List<Thread> startReaders(ChunkQueue queue) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= readers; i++) {
            Thread thread = new Thread(new ChunkReader(source, exported, queue), "twinlog-snapshot-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private boolean publishAll(
            ChunkQueue queue, Progress progress, Consumer<String> messages, BiConsumer<String, String> details)
            throws Exception {
        while (!queue.isFinished()) {
            if (stopped.getAsBoolean()) {
                return false;
            }
            ChunkPlan.Task task = queue.peek(LOOK_MILLIS);
            if (task == null) {
                tick(progress, "the beginning", messages, details);
                continue;
            }
            if (!publish(task, progress, messages, details)) {
                return false;
            }
            done.add(task.chunk());
            queue.published();
            tick(progress, task.chunk().table().toString(), messages, details);
        }
        return true;
    }

    private boolean publish(
            ChunkPlan.Task task, Progress progress, Consumer<String> messages, BiConsumer<String, String> details)
            throws Exception {
        long rows = 0;
        String table = task.chunk().table().toString();
        for (List<byte[]> batch = task.rows().take(LOOK_MILLIS);
                batch != null;
                batch = task.rows().take(LOOK_MILLIS)) {
            if (stopped.getAsBoolean()) {
                return false;
            }
            for (byte[] line : batch) {
                // A chunk without rows gets no number, like a transaction without changes.
                if (rows++ == 0) {
                    beginChunk(task.chunk(), progress);
                }
                CopyRow.parse(line, tuple);
                events.snapshotRow(task.table().version(), position, tuple);
            }
            progress.add(batch.size());
            progress(progress, table, messages, details);
        }
        if (rows > 0) {
            publisher.end(position);
        }
        return true;
    }

    private void beginChunk(Chunk chunk, Progress progress) {
        chunks++;
        Map<String, String> details = new LinkedHashMap<>();
        details.put(Detail.CHUNK, Long.toString(chunks));
        details.put(Detail.SCHEMA, chunk.table().schema());
        details.put(Detail.TABLE, chunk.table().table());
        details.put(Detail.RANGE, chunk.range());
        details.put(Detail.ESTIMATE, Long.toString(progress.estimate()));
        events.begin(publisher.begin(
                new Publisher.Transaction(position, System.currentTimeMillis() * 1000, null, null, details)));
    }

    private void tick(Progress progress, String table, Consumer<String> messages, BiConsumer<String, String> details) {
        publisher.advance();
        long now = System.nanoTime();
        if (now - lastHeartbeat > TICK_NANOS) {
            heartbeat(now);
        }
        progress(progress, table, messages, details);
    }

    private void heartbeat(long now) {
        lastHeartbeat = now;
        publisher.heartbeat(position, position);
    }

    private void progress(
            Progress progress, String table, Consumer<String> messages, BiConsumer<String, String> details) {
        long now = System.nanoTime();
        if (now - lastProgress < TICK_NANOS) {
            return;
        }
        if (lastProgress != 0) {
            messages.accept(progress.line(table, now));
        }
        lastProgress = now;
        details.accept("snapshot_rows", Long.toString(progress.rows()));
        details.accept("snapshot_estimate", Long.toString(progress.estimate()));
        details.accept("snapshot_percent", Integer.toString(progress.percent()));
        details.accept("snapshot_rows_per_second", Long.toString(progress.rowsPerSecond(now)));
        details.accept("snapshot_table", table);
        details.accept("seq", Long.toString(publisher.seq()));
        details.accept("stored_seq", Long.toString(publisher.storedSeq()));
    }

    private List<Chunk> end(Progress progress, Consumer<String> messages, BiConsumer<String, String> seen) {
        List<Chunk> readLater = SnapshotLog.joined(
                done.stream().filter(chunk -> chunk.at() != null).toList());
        Map<String, String> details = new LinkedHashMap<>();
        details.put(Detail.ROWS, Long.toString(progress.rows()));
        details.put(Detail.CHUNKS, Chunk.toJson(readLater));
        long offset = publisher.store(record(ControlKind.SNAPSHOT_END, details));
        seen.accept("snapshot_rows", Long.toString(progress.rows()));
        seen.accept("snapshot_percent", "100");
        publisher.facts().remove(Detail.SNAPSHOT_BEGIN);
        publisher.facts().put(Detail.SNAPSHOT_DONE, "true");
        if (!readLater.isEmpty()) {
            publisher.facts().put(Detail.SNAPSHOT_END, Long.toString(offset));
        }
        heartbeat(System.nanoTime());
        messages.accept(String.format(
                java.util.Locale.ROOT,
                "Initial sync complete: %,d rows, %,d rows/s",
                progress.rows(),
                progress.rowsPerSecond(System.nanoTime())));
        return readLater;
    }
}
