package io.twinlog.capture;

/** What becomes of the rows that exist when a replication starts. */
public enum SnapshotMode {
    /** They are not read: the target has them already. */
    NONE,
    /** They are read once, then the stream follows. */
    INITIAL,
    /** They are read once, and that is all. */
    ONLY
}
