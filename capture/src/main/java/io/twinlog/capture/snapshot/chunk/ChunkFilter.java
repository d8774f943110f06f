package io.twinlog.capture.snapshot.chunk;

import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Leaves changes out of the stream that chunks already hold.
 *
 * <p>A chunk that was read at B holds every transaction whose commit record starts before B. The stream begins at A, before
 * B: its changes with such a commit to keys of that chunk are old news. What is left out depends on the control log and the
 * source's log alone, so it is the same in every run (invariant 2).
 *
 * <p>TRUNCATE is the exception that must pass: it empties chunks that were read before it. It also empties, at the target, the
 * chunks that were read after it, whose rows were therefore all written after the TRUNCATE; so the filter of the table ends
 * there, and the stream brings those rows again. Not thread-safe.
 */
public final class ChunkFilter {

    private final Map<TableId, List<Chunk>> chunks = new HashMap<>();
    private final Set<TableId> lifted = new TreeSet<>();
    private final long until;

    public ChunkFilter(Collection<Chunk> readLater, Collection<TableId> lifted) {
        long latest = 0;
        for (Chunk chunk : readLater) {
            if (chunk.at() != null) {
                chunks.computeIfAbsent(chunk.table(), table -> new java.util.ArrayList<>())
                        .add(chunk);
                long at = SourcePosition.parse(chunk.at());
                latest = Long.compareUnsigned(at, latest) > 0 ? at : latest;
            }
        }
        this.until = latest;
        lifted.forEach(this::lift);
    }

    /** A filter that leaves nothing out. */
    public static ChunkFilter none() {
        return new ChunkFilter(List.of(), List.of());
    }

    /** Whether a transaction that commits there is behind all chunks, so that the filter has no effect any more. */
    public boolean isSpent(long commit) {
        return Long.compareUnsigned(commit, until) >= 0 || chunks.isEmpty();
    }

    /**
     * Whether a change is already part of a chunk.
     *
     * @param commit where the transaction's commit starts
     * @param row a tuple that holds the key
     */
    public boolean leavesOut(TableId table, TableShape shape, long commit, Tuple row, @Nullable Tuple old) {
        List<Chunk> candidates = chunks.get(table);
        if (candidates == null) {
            return false;
        }
        for (Chunk chunk : candidates) {
            if (Long.compareUnsigned(commit, SourcePosition.parse(String.valueOf(chunk.at()))) < 0
                    && chunk.holds(keyOf(chunk, shape, row, old))) {
                return true;
            }
        }
        return false;
    }

    private static String keyOf(Chunk chunk, TableShape shape, Tuple row, @Nullable Tuple old) {
        String column = chunk.column();
        if (column == null) {
            return "";
        }
        int index = shape.indexOf(column);
        if (index < 0) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "Table " + shape.qualifiedName() + ": its key column '" + column
                            + "' was renamed or dropped while the initial sync was interrupted, so changes cannot be"
                            + " matched with what was read. Use `twinlog drop` and start with an initial sync.");
        }
        Tuple source = row.kind(index) == Tuple.UNCHANGED && old != null ? old : row;
        return new String(source.buffer(), source.offset(index), source.length(index), StandardCharsets.UTF_8);
    }

    /** Takes note of a TRUNCATE; true if the filter of a table ended by it. */
    public boolean truncated(TableId table, long commit) {
        return !isSpent(commit) && lift(table);
    }

    private boolean lift(TableId table) {
        lifted.add(table);
        return chunks.remove(table) != null;
    }

    /** Tables whose filter ended early. */
    public Set<TableId> lifted() {
        return lifted;
    }
}
