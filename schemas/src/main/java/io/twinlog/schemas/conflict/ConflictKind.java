package io.twinlog.schemas.conflict;

import java.util.Locale;

/** Why an event could not be applied as it is. */
public enum ConflictKind {
    INSERT_EXISTS,
    UPDATE_MISSING,
    UPDATE_DIFFERS,
    DELETE_MISSING,
    DELETE_DIFFERS,
    UNIQUE_EXISTS,
    CONSTRAINT,
    CONVERSION,
    TARGET_MISSING,
    UNDECODABLE,
    /** None of its own: it waits behind an earlier conflict of its key, or in a paused table, and was not looked at. */
    BEHIND;

    /** The name used in configuration, records and messages, such as {@code update_differs}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static ConflictKind parse(String label) {
        for (ConflictKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("Unknown conflict kind '" + label + "'");
    }
}
