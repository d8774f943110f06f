package io.twinlog.schemas.conflict;

import java.util.Locale;

/** The answer to a conflict, as configured for a table and kind or given by an operator. */
public enum ConflictPolicy {
    /** Park the event and hold its key: later events of the key queue behind it, in order. */
    HOLD,
    /** Leave the target row as it is. */
    SKIP,
    /** The event's row replaces what the target has. */
    OVERWRITE,
    /** The later of event and target row wins, by a column or by commit time. */
    NEWEST,
    /** The earlier of event and target row wins, by a column or by commit time. */
    OLDEST,
    /** The origin that stands first in the rule's list wins. */
    PRIORITY,
    /** The greater value of a column wins. */
    MAXIMUM,
    /** The smaller value of a column wins. */
    MINIMUM,
    /** The difference between after and before image is added to the target's numbers. */
    DELTA,
    /** Stop replication. */
    STOP;

    /** The name used in configuration, records and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a {@link #label()}. */
    public static ConflictPolicy parse(String label) {
        for (ConflictPolicy policy : values()) {
            if (policy.label().equals(label)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("Unknown conflict policy '" + label + "'");
    }
}
