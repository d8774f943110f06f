package io.twinlog.applier.batch;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.control.ControlRecord;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Events that are executed together. Immutable once handed over.
 *
 * @param begins BEGIN records of the transactions whose events are inside, in order
 * @param complete whether the last transaction ends here, so that the target can commit
 * @param marker the last HEARTBEAT or BARRIER behind the events, or null
 * @param offsets where to read on afterwards; null where they are not to be stored now
 * @param continues whether the first transaction began in an earlier batch
 */
public record Batch(
        List<XlogEvent> events,
        List<ControlRecord> begins,
        boolean complete,
        boolean continues,
        @Nullable ControlRecord marker,
        @Nullable Map<TopicPartition, StoredOffset> offsets) {

    /** BEGIN of the last transaction; null if there is only a marker. */
    public @Nullable ControlRecord last() {
        return begins.isEmpty() ? null : begins.get(begins.size() - 1);
    }

    /** The BEGIN of a seq, or null. */
    public @Nullable ControlRecord begin(long seq) {
        for (ControlRecord begin : begins) {
            if (begin.seq() == seq) {
                return begin;
            }
        }
        return null;
    }
}
