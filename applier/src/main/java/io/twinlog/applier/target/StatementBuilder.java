package io.twinlog.applier.target;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.schemas.table.TableShape;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a vendor's statements. The changes of a call are of one version of one table and never none; columns are indexes of that version. Not
 * thread-safe.
 */
public interface StatementBuilder {

    /**
     * What of a table version goes where.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException category SCHEMA, with the statement to run, if the target lacks something
     */
    TableBinding<?> binding(TableShape shape);

    /** Deletes the rows of the changes where the compared columns are as before them. */
    SetStatement delete(List<NetChange> changes, List<Integer> compared);

    /** Sets columns of the rows of the changes where the compared columns are as before them. */
    SetStatement update(List<NetChange> changes, BitSet set, List<Integer> compared);

    /**
     * Counts the rows of the changes.
     *
     * @param kind PRESENT or ABSENT
     */
    SetStatement lookup(SetStatement.Kind kind, List<NetChange> changes);

    /**
     * Inserts the rows of the changes.
     *
     * @param upsert whether they may meet rows, which they overwrite then
     */
    SetStatement insert(List<NetChange> changes, boolean upsert);

    /**
     * Locks the rows of the changes.
     *
     * @param byNewKey whether the rows with the keys after the changes are meant
     */
    Lookup locking(List<NetChange> changes, boolean byNewKey, List<Integer> compared);

    /**
     * Finds up to ten rows that hold the values which a change would give to the columns of a unique constraint.
     *
     * @return null where a column is not sent or not compared by equality
     */
    @Nullable
    Lookup blocking(NetChange change, UniqueConstraint unique);
}
