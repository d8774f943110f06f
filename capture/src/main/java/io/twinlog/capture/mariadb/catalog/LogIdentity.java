package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.TransactionHead;
import java.util.Map;

/** By what a binlog is known again when capture comes back to it, and how it names its transactions. Owned by the capturing thread. */
public interface LogIdentity {

    /** Reads the event that begins a transaction. */
    TransactionHead begin(LogEvent event);

    /**
     * Whether a transaction was captured from another server before this log was read, so that it is passed over.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if it shows that captured ones are missing in this log
     */
    default boolean isCaptured(TransactionHead head) {
        return false;
    }

    /**
     * Said before the first change of a transaction that is not captured is published.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if its place among captured ones is not known
     */
    default void requirePlace(TransactionHead head) {}

    /** The transaction was captured, or passed over, as a whole. */
    void committed(TransactionHead head);

    /**
     * The log is at the beginning of a file, or was joined inside of it.
     *
     * @param seconds when the file was begun, since 1970
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if it is not the file that it was
     */
    void fileBegins(long number, long seconds);

    /** Puts down by what the log is known again. */
    void put(long position, Map<String, String> facts);
}
