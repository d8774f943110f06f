package io.twinlog.schemas.failure;

/** What a failure means for the one who meets it. */
public enum Category {
    /** A server cannot be reached or cannot work at the moment: wait, visibly, and try again for ever. */
    OUTAGE,
    /** Deadlock, serialization failure, lock time-out: try the same again for ever, with back-off. */
    TRANSIENT,
    /** A setting, privilege or precondition is wrong: stop, exit code 2. */
    CONFIG,
    /** Source and target tables do not fit: stop with the statement to run, exit code 1. */
    SCHEMA,
    /** Changes can no longer be delivered without a hole: stop, exit code 3. */
    GAP,
    /** A policy or an operator demanded the stop: exit code 1. */
    HALT,
    /** A state that cannot be: stop, exit code 1. */
    BUG
}
