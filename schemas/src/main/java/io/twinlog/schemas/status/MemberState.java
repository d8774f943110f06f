package io.twinlog.schemas.status;

/** States of a member of a replication, after MongoDB's replica-set member states. */
public enum MemberState {
    /** Loads configuration, checks preconditions. */
    STARTUP,
    /** Initial sync. */
    STARTUP2,
    /** Captures. */
    PRIMARY,
    /** Applies within its lag goal. */
    SECONDARY,
    /** Works, but is behind. */
    RECOVERING,
    /** Cannot catch up any more: a gap. */
    STALE,
    /** No heartbeat for 10 s. Derived by readers, never published. */
    DOWN,
    /** Never heard of. Derived by readers, never published. */
    UNKNOWN,
    /** Stopped in an orderly way. */
    REMOVED,
    ROLLBACK,
    /** Waits for an outage to end or an operator to act; the reason says for what. */
    PAUSED
}
