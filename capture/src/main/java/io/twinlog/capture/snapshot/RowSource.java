package io.twinlog.capture.snapshot;

import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.capture.snapshot.chunk.KeyOrder;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a source holds, seen in one snapshot. {@link #describe} and {@link #parse} belong to the publishing thread,
 * readers to a thread each.
 */
public interface RowSource {

    /**
     * A table to be read.
     *
     * @param column by whose ranges it is cut, the first of the key; null: it is read as a whole
     * @param order how values of that column compare; null likewise
     * @param estimate number of its rows, roughly
     */
    record Table(
            TableVersion version,
            @Nullable String column,
            @Nullable KeyOrder order,
            long estimate) {

        public TableId id() {
            return version.id();
        }
    }

    /** Those of the tables that exist. */
    Map<TableId, Table> describe(Collection<TableId> tables) throws SQLException;

    /** How many readers may work side by side. */
    int mostReaders();

    /** A reader within the snapshot. */
    Reader open() throws SQLException;

    /** Points the tuple to the columns of a row, in the order of the table's shape; may change the row's bytes. */
    void parse(byte[] row, Tuple tuple);

    /** Reads within the snapshot, in a thread of its own. */
    interface Reader extends AutoCloseable {

        /**
         * The key of the row so many rows further on, as text, or null where the table ends before.
         *
         * @param after the key behind which to count, or null for the beginning
         */
        @Nullable
        String bound(Table table, @Nullable String after, int rows) throws SQLException;

        /** Reads the rows of a chunk, in any order. */
        void read(Table table, Chunk chunk, Sink rows) throws SQLException, InterruptedException;

        @Override
        void close() throws SQLException;
    }

    /** Takes rows in the form that {@link #parse} understands; waits while there are too many. */
    interface Sink {
        void row(byte[] row) throws InterruptedException;
    }
}
