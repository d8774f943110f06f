package io.twinlog.schemas.conflict;

import java.util.Locale;

/** What became of a conflict. OPEN and HELD wait for somebody, the others are final. */
public enum ResolutionState {
    /** Parked, and first of its chain: somebody must decide. */
    OPEN,
    /** Parked behind an earlier event of its key. */
    HELD,
    /** Applied, merged or left out by a policy, when it was found or by a replay. */
    RESOLVED,
    /** Given up by an operator. */
    DISCARDED,
    /** A later event made it void: a TRUNCATE of its table, a row that has gone further, or a deviation that is no more. */
    SUPERSEDED;

    public boolean isFinal() {
        return this != OPEN && this != HELD;
    }

    /** The name used in records and messages, such as {@code open}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static ResolutionState parse(String label) {
        for (ResolutionState state : values()) {
            if (state.label().equals(label)) {
                return state;
            }
        }
        throw new IllegalArgumentException("Unknown resolution state '" + label + "'");
    }
}
