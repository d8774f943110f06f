package io.twinlog.capture.snapshot;

import io.twinlog.capture.publish.ControlLogTail;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.TableList;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.table.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far an initial sync has come: its tables and the chunks that are stored. Immutable.
 *
 * @param beginOffset of the first SNAPSHOT_BEGIN, or null if nothing was begun
 * @param done stored chunks in order, neighbours joined
 * @param chunks number of stored chunks
 */
public record SnapshotLog(@Nullable Long beginOffset, List<TableId> tables, List<Chunk> done, long chunks) {

    public SnapshotLog {
        tables = List.copyOf(tables);
        done = List.copyOf(done);
    }

    /** A sync of which nothing is done. */
    public static SnapshotLog begin(List<TableId> tables) {
        return new SnapshotLog(null, tables, List.of(), 0);
    }

    /**
     * Reads it from the control log.
     *
     * @param records from the first SNAPSHOT_BEGIN on
     * @param storedSeq chunks up to here count
     */
    public static SnapshotLog read(long beginOffset, List<ControlLogTail.Entry> records, long storedSeq) {
        List<TableId> tables = new ArrayList<>();
        Map<Long, Chunk> bySeq = new TreeMap<>();
        long epoch = 0;
        for (ControlLogTail.Entry entry : records) {
            ControlRecord record = entry.record();
            if (record.epoch() < epoch) {
                continue;
            }
            epoch = record.epoch();
            if (record.kind() == ControlKind.EPOCH) {
                // What an older epoch holds from here on is void.
                bySeq.keySet().removeIf(seq -> seq >= record.seq());
            } else if (record.kind() == ControlKind.SNAPSHOT_BEGIN && tables.isEmpty()) {
                String list = record.detail(Detail.TABLES);
                tables.addAll(TableList.fromJson(list == null ? "[]" : list));
            } else if (record.kind() == ControlKind.BEGIN
                    && record.detail(Detail.CHUNK) != null
                    && record.seq() <= storedSeq) {
                TableId table = new TableId(
                        String.valueOf(record.detail(Detail.SCHEMA)), String.valueOf(record.detail(Detail.TABLE)));
                bySeq.put(record.seq(), Chunk.parse(table, String.valueOf(record.detail(Detail.RANGE))));
            }
        }
        return new SnapshotLog(beginOffset, tables, joined(List.copyOf(bySeq.values())), bySeq.size());
    }

    /** Joins neighbours. */
    static List<Chunk> joined(List<Chunk> chunks) {
        List<Chunk> result = new ArrayList<>();
        for (Chunk chunk : chunks) {
            Chunk both = result.isEmpty() ? null : result.get(result.size() - 1).joined(chunk);
            if (both == null) {
                result.add(chunk);
            } else {
                result.set(result.size() - 1, both);
            }
        }
        return result;
    }

    /** The last stored chunk of a table, or null. */
    public @Nullable Chunk lastOf(TableId table) {
        Chunk last = null;
        for (Chunk chunk : done) {
            if (chunk.table().equals(table)) {
                last = chunk;
            }
        }
        return last;
    }
}
