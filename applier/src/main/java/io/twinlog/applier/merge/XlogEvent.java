package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.event.DataEvent;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One event as it stood on its topic. Immutable.
 *
 * @param data the located event; null where only its identity could be read, see {@code defect}
 * @param defect why the event cannot be decoded, or null
 * @param key the record's key bytes; null for a truncate
 */
public record XlogEvent(
        EventId id,
        @Nullable DataEvent data,
        @Nullable String defect,
        TopicPartition partition,
        long offset,
        byte @Nullable [] key,
        byte[] value)
        implements Merged {

    /** What an event costs in memory beside its bytes: the located columns and the objects around them. */
    private static final int OVERHEAD = 250;

    /** Bytes of memory that the event holds, roughly. */
    public int weight() {
        int columns = data == null ? 0 : data.shape().columns().size();
        byte[] keyBytes = key;
        return OVERHEAD + value.length + (keyBytes == null ? 0 : keyBytes.length) + 8 * columns;
    }

    /** The located event; only for events without {@link #defect}. */
    public DataEvent decoded() {
        return Objects.requireNonNull(data, "an event that cannot be decoded");
    }

    @Override
    public Kind kind() {
        return Kind.EVENT;
    }
}
