package io.twinlog.connect.sink;

import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.wire.AvroInput;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads one data partition in its own order, without the control log: what a key undergoes is in order, transactions are not kept
 * together. Repetitions are dropped by their identity.
 *
 * <p>What was read together is applied together, as one made-up transaction whose {@code seq} is the offset behind it and whose
 * {@code position} is the identity of its last event: so the progress row alone says where to go on. One thread uses it.
 */
final class KeyOrderReader implements XlogReader {

    private static final long EPOCH = 1;
    private static final int MOST_TOGETHER = 1_000;
    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
    private static final EventId NONE = new EventId(0, 0, 0);

    private final TopicPartition partition;
    private final ConnectRecords source;
    private final PartitionOffsets offsets;
    private final EventDecoder decoder;
    private final ArrayDeque<XlogEvent> queue = new ArrayDeque<>();
    private final ArrayDeque<Merged> group = new ArrayDeque<>();
    private EventId last = NONE;
    private String topicId = "";
    private long readTo;

    KeyOrderReader(TopicPartition partition, ConnectRecords source, PartitionOffsets offsets, EventDecoder decoder) {
        this.partition = partition;
        this.source = source;
        this.offsets = offsets;
        this.decoder = decoder;
    }

    @Override
    public boolean open(StoredProgress progress, Map<TopicPartition, StoredOffset> stored) {
        topicId = offsets.topicIds(List.of(partition.topic()), CALL_LIMIT).getOrDefault(partition.topic(), "");
        StoredOffset known = stored.get(partition);
        if (known != null && !known.topicId().equals(topicId)) {
            throw gap("the topic was deleted and created again");
        }
        long begin = source.beginningOffsets(List.of(partition), CALL_LIMIT).getOrDefault(partition, 0L);
        long end = source.endOffsets(List.of(partition), CALL_LIMIT).getOrDefault(partition, 0L);
        long next = progress.epoch() == 0 ? begin : progress.seq();
        if (next < begin || next > end) {
            throw gap("the next record is offset " + next + ", but the partition holds " + begin + " to " + end);
        }
        String position = progress.position();
        last = progress.epoch() == 0 || position == null ? NONE : EventId.parse(position);
        readTo = next;
        source.assign(Set.of(partition));
        source.seek(partition, next);
        return true;
    }

    private TwinlogException gap(String why) {
        return new TwinlogException(
                Category.GAP, "Changes of " + partition + " are lost: " + why + ". Resynchronise the target.");
    }

    @Override
    public int poll(Duration wait) {
        int count = 0;
        for (ConsumerRecord<byte[], byte[]> record : source.poll(wait).records(partition)) {
            count++;
            readTo = record.offset() + 1;
            XlogEvent event = decoder.decode(partition, record.offset(), record.key(), record.value());
            if (event.id().compareTo(last) > 0) {
                last = event.id();
                queue.add(whole(event));
            }
        }
        return count;
    }

    /**
     * The new half of a key change names the columns that the log left out; the old half, which has them, may stand in another
     * partition. Invariant 6: parked rather than written as null.
     */
    private static XlogEvent whole(XlogEvent event) {
        DataEvent data = event.data();
        if (data == null
                || data.operation() != Operation.INSERT
                || data.unchanged().isEmpty()) {
            return event;
        }
        return new XlogEvent(
                event.id(),
                null,
                "the key changed, and the log left out the unchanged columns " + data.unchanged()
                        + ", which only apply.order=transaction, or REPLICA IDENTITY FULL at the source, can carry over",
                event.partition(),
                event.offset(),
                event.key(),
                event.value());
    }

    @Override
    public @Nullable Merged next() {
        if (group.isEmpty() && !queue.isEmpty()) {
            gather();
        }
        return group.poll();
    }

    private void gather() {
        int size = Math.min(queue.size(), MOST_TOGETHER);
        XlogEvent newest = queue.peekFirst();
        ArrayDeque<XlogEvent> taken = new ArrayDeque<>();
        for (int i = 0; i < size; i++) {
            newest = queue.removeFirst();
            taken.add(newest);
        }
        long next = queue.isEmpty() ? readTo : newest.offset() + 1;
        ControlRecord begin = ControlRecord.of(
                ControlKind.BEGIN, EPOCH, next, newest.id().toString(), commitMicros(newest), Map.of());
        group.add(new Merged.Began(begin));
        group.addAll(taken);
        group.add(new Merged.Ended(begin, begin, Map.of(partition, next)));
    }

    // The fields of the source block up to here are the same in all versions.
    private static long commitMicros(XlogEvent event) {
        DataEvent data = event.data();
        if (data == null) {
            return 0;
        }
        AvroInput in = new AvroInput(data.record(), data.sourceOffset(), data.record().length);
        for (int i = 0; i < 6; i++) {
            in.skipBytes();
        }
        if (in.readByte() != 0) {
            in.skipBytes();
        }
        return in.readLong() * 1000;
    }

    @Override
    public void wantPositions() {}

    @Override
    public long backlog() {
        return queue.size();
    }

    @Override
    public long fetchedAhead() {
        return queue.size();
    }

    // A partition by itself does not show a hole; open() compares with what Kafka has.
    @Override
    public void checkForHoles() {}

    @Override
    public Map<TopicPartition, StoredOffset> withTopicIds(Map<TopicPartition, Long> positions) {
        Long next = positions.get(partition);
        return next == null ? Map.of() : Map.of(partition, new StoredOffset(topicId, next));
    }

    @Override
    public void tellGroup(Map<TopicPartition, Long> positions) {
        source.tellGroup(positions);
    }

    // The worker calls every moment, whether or not there are records.
    @Override
    public long reachableNanos() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        source.close();
    }
}
