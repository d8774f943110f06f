package io.twinlog.capture.snapshot;

import io.twinlog.capture.snapshot.chunk.Chunk;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Cuts tables into chunks, one after another, by walking the key inside the snapshot: each bound is the key of the row {@code
 * rowsPerChunk} further on. So chunks are equal however skewed the keys are. Not thread-safe.
 */
final class ChunkPlan {

    /** A chunk and what is needed to read it. */
    record Task(Chunk chunk, RowSource.Table table, RowQueue rows) {}

    /**
     * A table to be read.
     *
     * @param doneUpTo bound up to which an earlier attempt has read it, or null
     */
    record PlannedTable(RowSource.Table table, @Nullable String doneUpTo) {}

    private static final long QUEUE_BYTES = 16 << 20;

    private final Queue<PlannedTable> remaining;
    private final @Nullable String at;
    private final int rowsPerChunk;
    private RowSource.@Nullable Table current;
    private @Nullable String after;

    ChunkPlan(List<PlannedTable> tables, @Nullable String at, int rowsPerChunk) {
        this.remaining = new ArrayDeque<>(tables);
        this.at = at;
        this.rowsPerChunk = rowsPerChunk;
    }

    /** The next chunk in order, or null when all tables are handed out. */
    @Nullable
    Task next(RowSource.Reader snapshot) throws SQLException {
        RowSource.Table table = current;
        if (table == null) {
            PlannedTable planned = remaining.poll();
            if (planned == null) {
                return null;
            }
            table = planned.table();
            current = table;
            after = planned.doneUpTo();
        }
        boolean whole = table.order() == null;
        String upTo = whole ? null : snapshot.bound(table, after, rowsPerChunk);
        Chunk chunk =
                new Chunk(table.id(), whole ? null : table.column(), table.order(), whole ? null : after, upTo, at);
        if (upTo == null) {
            current = null;
        }
        after = upTo;
        return new Task(chunk, table, new RowQueue(QUEUE_BYTES));
    }
}
