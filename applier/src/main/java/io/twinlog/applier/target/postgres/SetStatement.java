package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One set-based statement with its parameters.
 *
 * @param finder the form that returns the ordinality of each row it found, for the search of deviating keys
 * @param copy INSERT: the rows, where they go in by COPY instead of parameters
 * @param expected how many rows it counts if nothing deviates
 */
record SetStatement(
        Kind kind,
        TableBinding binding,
        String sql,
        String finder,
        List<BinaryArray> parameters,
        @Nullable CopyRows copy,
        List<NetChange> changes,
        int expected) {

    /** An insert by COPY. */
    static SetStatement copy(TableBinding binding, CopyRows rows, List<NetChange> changes) {
        return new SetStatement(Kind.INSERT, binding, rows.sql(), "", List.of(), rows, changes, changes.size());
    }

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
}
