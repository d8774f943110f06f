package io.twinlog.applier.progress;

import io.twinlog.schemas.EventId;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The progress row of one replication. Immutable.
 *
 * @param epoch epoch of the last applied transaction; 0 before the first start
 * @param seq the last applied transaction
 * @param position its place in the source's log, as text
 * @param commitTime when it was committed at the source
 * @param systemId identity of the source cluster
 * @param database name of the source database
 * @param heartbeatPosition up to here the source had nothing that is not applied
 * @param heartbeatTime when that was so
 * @param syncing whether an initial sync has begun and not ended: the rows are no state of the source yet
 * @param updatedAt when the row was written
 */
public record StoredProgress(
        long epoch,
        long seq,
        @Nullable String position,
        @Nullable Instant commitTime,
        @Nullable String systemId,
        @Nullable String database,
        @Nullable String heartbeatPosition,
        @Nullable Instant heartbeatTime,
        boolean syncing,
        Instant updatedAt) {

    private static final Pattern EVENT_ID = Pattern.compile("\\d+-\\d+-\\d+");

    /**
     * The last event of what is applied.
     *
     * @param name the row's name. Where each partition has a progress of its own ({@code replication/partition}), the order of its
     *     events is not that of {@code seq}; then the position names the event
     */
    public EventId appliedTo(String name) {
        String event = position;
        return name.contains("/") && event != null && EVENT_ID.matcher(event).matches()
                ? EventId.parse(event)
                : new EventId(epoch, seq, Long.MAX_VALUE);
    }
}
