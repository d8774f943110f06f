package io.twinlog.capture.snapshot;

import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.capture.stream.EventWriter;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.io.IOException;
import java.sql.SQLException;
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
    private static final Duration STORED_PATIENCE = Duration.ofSeconds(1);

    private final RowSource source;
    private final Publisher publisher;
    private final SnapshotLog log;
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
     * @param source the rows, in a snapshot
     * @param at the snapshot's position where that is later than the stream's begin, else null
     * @param position where the stream begins
     */
    public Snapshot(
            RowSource source,
            Publisher publisher,
            SnapshotLog log,
            @Nullable String at,
            long position,
            BooleanSupplier stopped) {
        this.source = source;
        this.publisher = publisher;
        this.log = log;
        this.at = at;
        this.position = position;
        this.readers = Math.max(1, source.mostReaders());
        this.stopped = stopped;
        this.events = new EventWriter(publisher);
        this.done = new ArrayList<>(log.done());
        this.chunks = log.chunks();
    }

    /** Whether an earlier attempt was interrupted, so that what was left is read at a later position. */
    public boolean isResumed() {
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
        List<TableId> unread = new ArrayList<>();
        for (TableId id : log.tables()) {
            Chunk last = log.lastOf(id);
            if (last == null || !last.isLast()) {
                unread.add(id);
            }
        }
        Map<TableId, RowSource.Table> described = source.describe(unread);
        for (TableId id : unread) {
            RowSource.Table table = described.get(id);
            if (table == null) {
                messages.accept("Table " + id + " was dropped before the initial sync read it");
                continue;
            }
            Chunk last = log.lastOf(id);
            tables.add(new ChunkPlan.PlannedTable(table, last == null ? null : last.upTo()));
            estimate += table.estimate();
        }
        return estimate;
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
                publisher.text(position),
                System.currentTimeMillis() * 1000,
                details);
    }

    private List<Thread> startReaders(ChunkQueue queue) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= readers; i++) {
            Thread thread = new Thread(new ChunkReader(source, queue), "twinlog-snapshot-" + i);
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
                source.parse(line, tuple);
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

    private @Nullable List<Chunk> end(Progress progress, Consumer<String> messages, BiConsumer<String, String> seen) {
        // Whoever reads that the initial sync is done does not look for chunks that are missing (invariant 2).
        while (!publisher.awaitStored(STORED_PATIENCE)) {
            if (stopped.getAsBoolean()) {
                return null;
            }
        }
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
