package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import java.util.List;

/**
 * One set-based statement with its parameters.
 *
 * @param finder the form that returns the ordinality of each row it found, for the search of deviating keys
 * @param expected how many rows it counts if nothing deviates
 */
record SetStatement(
        Kind kind,
        TableBinding binding,
        String sql,
        String finder,
        List<BinaryArray> parameters,
        List<NetChange> changes,
        int expected) {

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
