package io.twinlog.schemas.table;

/** What a source puts into before images. */
public enum ReplicaIdentity {
    /** The whole old row. */
    FULL,
    /** The key columns of the old row, and only where the key changed or the row was deleted. */
    KEY,
    /** Nothing: updates and deletes cannot be replicated. */
    NONE
}
