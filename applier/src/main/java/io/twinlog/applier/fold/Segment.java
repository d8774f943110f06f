package io.twinlog.applier.fold;

import java.util.List;

/**
 * A run of units that are applied together.
 *
 * @param fold the net changes; empty for TRUNCATE, UNDECODABLE and UNBOUND
 */
public record Segment(Kind kind, List<Unit> units, Fold fold) {

    /** How a segment is applied. */
    public enum Kind {
        ROWS,
        /** Primary-key changes whose keys do not meet. */
        MOVES,
        TRUNCATE,
        UNDECODABLE,
        /** The target has no table or column for them. */
        UNBOUND
    }
}
