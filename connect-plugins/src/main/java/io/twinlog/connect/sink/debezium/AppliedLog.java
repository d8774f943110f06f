package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the source's log is applied, by which what a restarted Debezium sends again is known. Places are those of commits. Not thread-safe.
 */
final class AppliedLog {

    private final String replication;
    private long lsn;
    private long millis;

    AppliedLog(String replication) {
        this.replication = replication;
    }

    /** Begins where the target is. */
    void start(StoredProgress progress) {
        String position = progress.position();
        lsn = position == null ? 0 : Long.parseLong(position);
        Instant committed = progress.commitTime();
        millis = committed == null ? 0 : committed.toEpochMilli();
    }

    /** Whether the log is applied beyond this place. */
    boolean isBehind(long place) {
        return place < lsn;
    }

    /** Whether a transaction with this commit, which is 0 where Debezium does not tell, is applied. */
    boolean hasCommit(long commit) {
        return commit != 0 && commit <= lsn;
    }

    /**
     * Invariant 2: an older place in the log with a later commit is another history.
     *
     * @param commitMillis when it was committed, in milliseconds since 1970, null where that is not known
     */
    void requireRepetition(long place, @Nullable Long commitMillis) {
        if (commitMillis != null && commitMillis > millis) {
            throw gap("the source's log goes from " + lsn + " back to " + place
                    + " although the change is newer; was the source restored or replaced?");
        }
    }

    void advance(long toLsn, long toMillis) {
        lsn = Math.max(lsn, toLsn);
        millis = Math.max(millis, toMillis);
    }

    long lsn() {
        return lsn;
    }

    long millis() {
        return millis;
    }

    TwinlogException gap(String why) {
        return new TwinlogException(
                Category.GAP,
                "Changes that Debezium captured for " + replication + " are lost: " + why
                        + ". Resynchronise the target with a snapshot of Debezium's.");
    }
}
