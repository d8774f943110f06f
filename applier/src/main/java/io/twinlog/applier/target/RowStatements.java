package io.twinlog.applier.target;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.TableShape;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements about one row that is locked already: what policies ask and write. Values are the exact text of {@link ValueText}; columns are
 * indexes of the table version. Not thread-safe.
 */
public interface RowStatements {

    /** What the target knows about the last writer of a row; nulls where it does not. */
    record Provenance(@Nullable Long commitMicros, @Nullable String origin, boolean local) {}

    /** Sign of a value minus the row's; null is less than any value. */
    int compare(TableShape shape, RowImage key, int column, @Nullable String value) throws SQLException;

    /** The row as text, columns that the target computes left out; null if there is none. */
    @Nullable
    Map<String, @Nullable String> row(TableShape shape, RowImage key) throws SQLException;

    /** Whether there is such a row and it holds these values. */
    boolean holds(TableShape shape, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException;

    Provenance provenance(TableShape shape, RowImage key) throws SQLException;

    /** Sign of the source's identity minus the target's; 0 where they are not known or the same. */
    int compareSites(String replication) throws SQLException;

    /** Sets columns of the row; false if there is no such row. */
    boolean update(TableShape shape, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException;

    /** Deletes the row with this key. */
    void delete(TableShape shape, RowImage key) throws SQLException;

    /** Deletes the other rows that hold the values which the change would give to the columns of a unique constraint. */
    void deleteBlocking(NetChange change, UniqueConstraint unique) throws SQLException;
}
