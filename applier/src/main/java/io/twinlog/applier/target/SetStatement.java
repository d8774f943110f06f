package io.twinlog.applier.target;

import io.twinlog.applier.fold.NetChange;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;

/** One set-based statement with its parameters. Made for one session at a time; not thread-safe. */
public interface SetStatement {

    /** In the order of execution within a segment. */
    enum Kind {
        DELETE,
        UPDATE,
        /** Rows that must exist, although nothing in them changes. */
        PRESENT,
        /** Rows that must not exist. */
        ABSENT,
        INSERT
    }

    Kind kind();

    TableBinding<?> binding();

    /** The changes it is about, one per row. */
    List<NetChange> changes();

    /** How many rows it counts if nothing deviates; negative where that is not known. */
    int expected();

    /** Executes it and tells how many rows it counts. */
    int execute(TargetSession session) throws SQLException;

    /** Executes it and tells which rows were found, by their index among the changes. Not for inserts. */
    BitSet find(TargetSession session) throws SQLException;

    /** The row that the target names in its error, by its index among the changes, or -1. */
    int refused(SQLException failure);
}
