package io.twinlog.capture.mariadb.binlog;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a transaction at its beginning. Immutable.
 *
 * @param gtid as the server prints it, or null where it has none
 * @param number the GTID's own, or 0
 * @param committedMicros when it was committed, microseconds since 1970, as exactly as the log tells
 * @param standalone its first statement is all of it, unless that is BEGIN: no event ends it
 * @param preparedXa the changes of an XA transaction that is only prepared here
 * @param origin where it was first made, or null for the source itself
 */
public record TransactionHead(
        @Nullable String gtid,
        long number,
        long committedMicros,
        boolean standalone,
        boolean preparedXa,
        @Nullable String origin) {

    /** The same, with an end of its own. */
    public TransactionHead withEnd() {
        return new TransactionHead(gtid, number, committedMicros, false, preparedXa, origin);
    }

    /** The same, as a prepared XA transaction. */
    public TransactionHead asPreparedXa() {
        return new TransactionHead(gtid, number, committedMicros, false, true, origin);
    }
}
