package io.twinlog.schemas.control;

/** Kinds of control records; docs/xlog-format.md says which fields and details each one sets. */
public enum ControlKind {
    /** Capture is about to create its slot; written before anything exists at the source. */
    INTENT,
    /** A new epoch begins: identity of the source, first seq, reason. */
    EPOCH,
    /** A table version appears: topic, partitions, fingerprints. Precedes the first event that uses it. */
    SCHEMA,
    /** A transaction (or snapshot chunk) opens. */
    BEGIN,
    /** It is complete: counts per topic-partition, stored seq, resume position. */
    END,
    SNAPSHOT_BEGIN,
    SNAPSHOT_END,
    /** Position of an idle source, every 2 seconds. */
    HEARTBEAT,
    /** A marker that somebody waits for. */
    BARRIER,
    /** Changes between two positions are lost and an operator accepted it. */
    GAP
}
