package io.twinlog.schemas.conflict;

import java.util.Locale;

/** What the policy made of an event when the conflict was found. */
public enum ConflictOutcome {
    /** Parked; the key is held until an operator decides, except where the event has no key. */
    HELD,
    /** The target row stays as it was. */
    KEPT,
    /** The event has been applied over what the target had. */
    APPLIED,
    /** The event and the target row were joined into one. */
    MERGED,
    /** The replication has stopped before the event; it comes again with the next start. */
    STOPPED;

    /** The name used in records and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static ConflictOutcome parse(String label) {
        for (ConflictOutcome outcome : values()) {
            if (outcome.label().equals(label)) {
                return outcome;
            }
        }
        throw new IllegalArgumentException("Unknown conflict outcome '" + label + "'");
    }
}
