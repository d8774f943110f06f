package io.twinlog.applier.batch;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.control.ControlRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Collects the events of the open transaction and hands whole ones, or parts of large ones, to the queue. Not thread-safe. */
public final class BatchBuilder<P> {

    private final WorkQueue<P> queue;
    private final int maxEvents;
    private final long maxBytes;
    private final Function<Map<TopicPartition, Long>, Map<TopicPartition, StoredOffset>> topicIds;
    private List<XlogEvent> events = new ArrayList<>();
    private long bytes;
    private @Nullable ControlRecord begin;
    private boolean partsSent;

    /**
     * @param topicIds adds to positions what {@code twinlog.offsets} keeps beside them
     */
    public BatchBuilder(
            WorkQueue<P> queue,
            int maxEvents,
            long maxBytes,
            Function<Map<TopicPartition, Long>, Map<TopicPartition, StoredOffset>> topicIds) {
        this.queue = queue;
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.topicIds = topicIds;
    }

    /** Takes the next merged item; waits while the writer is far behind. */
    public void accept(Merged merged) throws InterruptedException {
        switch (merged.kind()) {
            case BEGAN -> began(((Merged.Began) merged).record());
            case EVENT -> event((XlogEvent) merged);
            case ENDED -> ended((Merged.Ended) merged);
            case VOIDED -> voided();
            case CONTROL -> control((Merged.Control) merged);
        }
    }

    private void began(ControlRecord record) {
        begin = record;
        reset();
    }

    private void reset() {
        events = new ArrayList<>();
        bytes = 0;
        partsSent = false;
    }

    private void event(XlogEvent event) throws InterruptedException {
        events.add(event);
        bytes += event.weight();
        // The halves of a primary-key change stay together.
        if ((events.size() >= maxEvents || bytes >= maxBytes) && !Unit.opensMove(event) && begin != null) {
            queue.addPart(new Batch(events, List.of(begin), false, partsSent, null, null));
            events = new ArrayList<>();
            bytes = 0;
            partsSent = true;
        }
    }

    private void ended(Merged.Ended ended) throws InterruptedException {
        Map<TopicPartition, StoredOffset> offsets = offsets(ended.positions());
        if (partsSent) {
            queue.addPart(new Batch(events, List.of(ended.begin()), true, true, null, offsets));
        } else {
            queue.add(ended.begin(), events, bytes, offsets);
        }
        begin = null;
        reset();
    }

    private void voided() throws InterruptedException {
        if (partsSent) {
            queue.addOther(new Work.Rollback<>());
        }
        begin = null;
        reset();
    }

    private void control(Merged.Control control) throws InterruptedException {
        Map<TopicPartition, StoredOffset> offsets = offsets(control.positions());
        switch (control.record().kind()) {
            case HEARTBEAT, BARRIER -> queue.mark(control.record(), offsets);
            case EPOCH, SNAPSHOT_BEGIN, SNAPSHOT_END, GAP ->
                queue.addOther(new Work.Control<>(control.record(), offsets));
            case BEGIN, END, SCHEMA, INTENT ->
                throw new IllegalStateException(control.record().kind() + " is no item between transactions");
        }
    }

    private @Nullable Map<TopicPartition, StoredOffset> offsets(@Nullable Map<TopicPartition, Long> positions) {
        return positions == null ? null : topicIds.apply(positions);
    }
}
