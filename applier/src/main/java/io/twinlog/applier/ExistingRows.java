package io.twinlog.applier;

/** What an initial sync does where the target's tables hold rows already. */
public enum ExistingRows {
    /** Stops before the first row and names the tables. */
    FAIL_IF_NOT_EMPTY,
    /** Empties the tables first. */
    TRUNCATE,
    /** Overwrites rows with the same key and leaves all others. */
    UPSERT
}
