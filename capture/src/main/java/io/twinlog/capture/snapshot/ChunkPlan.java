package io.twinlog.capture.snapshot;

import io.twinlog.capture.postgres.catalog.CatalogTable;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.KeyOrder;
import io.twinlog.capture.stream.TableVersion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
    record Task(Chunk chunk, PlannedTable table, RowQueue rows) {}

    /**
     * A table to be read.
     *
     * @param doneUpTo bound up to which an earlier attempt has read it, or null
     */
    record PlannedTable(
            CatalogTable catalog,
            TableVersion version,
            @Nullable String doneUpTo) {}

    private static final long QUEUE_BYTES = 16 << 20;

    private final Queue<PlannedTable> remaining;
    private final @Nullable String at;
    private final int rowsPerChunk;
    private @Nullable PlannedTable current;
    private @Nullable String after;

    ChunkPlan(List<PlannedTable> tables, @Nullable String at, int rowsPerChunk) {
        this.remaining = new ArrayDeque<>(tables);
        this.at = at;
        this.rowsPerChunk = rowsPerChunk;
    }

    /** The next chunk in order, or null when all tables are handed out. */
    @Nullable
    Task next(Connection snapshot) throws SQLException {
        PlannedTable table = current;
        if (table == null) {
            table = remaining.poll();
            if (table == null) {
                return null;
            }
            current = table;
            after = table.doneUpTo();
        }
        String column = chunkColumn(table.catalog());
        String type = column == null ? null : typeOf(table.version(), column);
        KeyOrder order = type == null ? null : KeyOrder.of(type);
        String upTo = order == null ? null : bound(snapshot, table, String.valueOf(column), String.valueOf(type));
        Chunk chunk = new Chunk(
                table.catalog().id(), order == null ? null : column, order, order == null ? null : after, upTo, at);
        if (upTo == null) {
            current = null;
        }
        after = upTo;
        return new Task(chunk, table, new RowQueue(QUEUE_BYTES));
    }

    /** The first key column, by which the stream's changes can be told apart too. */
    private static @Nullable String chunkColumn(CatalogTable table) {
        List<String> key = table.identity() == 'i' ? table.identityIndex() : table.primaryKey();
        return key.isEmpty() ? null : key.get(0);
    }

    private static @Nullable String typeOf(TableVersion version, String column) {
        int index = version.shape().indexOf(column);
        return index < 0 ? null : version.shape().columns().get(index).sqlType();
    }

    private @Nullable String bound(Connection snapshot, PlannedTable table, String column, String type)
            throws SQLException {
        // Qualified, for ORDER BY would take a bare name for the output column and sort by its text.
        String key = "r." + CatalogTable.quote(column);
        String sql = "SELECT " + key + "::text FROM " + source(table.catalog()) + " AS r"
                + (after == null ? "" : " WHERE " + key + " > '" + after + "'::" + type)
                + " ORDER BY " + key + " OFFSET " + (rowsPerChunk - 1) + " LIMIT 1";
        try (PreparedStatement statement = snapshot.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** Rows of child tables belong to them, rows of partitions to the root. */
    private static String source(CatalogTable table) {
        return (table.partitioned() ? "" : "ONLY ") + table.quotedName();
    }

    /** The statement that reads a chunk. */
    static String copyStatement(Task task) {
        Chunk chunk = task.chunk();
        StringBuilder columns = new StringBuilder();
        for (var column : task.table().version().shape().columns()) {
            columns.append(columns.length() == 0 ? "" : ", ").append(CatalogTable.quote(column.name()));
        }
        StringBuilder sql = new StringBuilder("COPY (SELECT ")
                .append(columns)
                .append(" FROM ")
                .append(source(task.table().catalog()));
        String column = chunk.column();
        if (column != null) {
            String type = String.valueOf(typeOf(task.table().version(), column));
            String key = CatalogTable.quote(column);
            String glue = " WHERE ";
            if (chunk.after() != null) {
                sql.append(glue)
                        .append(key)
                        .append(" > '")
                        .append(chunk.after())
                        .append("'::")
                        .append(type);
                glue = " AND ";
            }
            if (chunk.upTo() != null) {
                sql.append(glue)
                        .append(key)
                        .append(" <= '")
                        .append(chunk.upTo())
                        .append("'::")
                        .append(type);
            }
        }
        return sql.append(") TO STDOUT").toString();
    }
}
