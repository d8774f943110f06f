package io.twinlog.applier.replay;

import io.twinlog.applier.held.HeldKey;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.wire.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds what came after an event on the topic of its table: later events of its keys, and TRUNCATE, which stands in partition 0. Reads on
 * from call to call. Takes over the consumer and closes it; not thread-safe.
 */
final class LaterEvents implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final EventDecoder decoder;
    private final TableId table;
    private final List<HeldKey> keys = new ArrayList<>();
    private final EventId after;
    private final List<EventId> found = new ArrayList<>();
    private final List<TopicPartition> partitions;

    /** @param events those of the unit, in order */
    LaterEvents(Consumer<byte[], byte[]> consumer, EventDecoder decoder, TableId table, List<XlogEvent> events) {
        this.consumer = consumer;
        this.decoder = decoder;
        this.table = table;
        this.after = events.get(events.size() - 1).id();
        Map<TopicPartition, Long> begin = new HashMap<>();
        for (XlogEvent event : events) {
            begin.merge(event.partition(), event.offset() + 1, Math::min);
            begin.putIfAbsent(new TopicPartition(event.partition().topic(), 0), 0L);
            byte[] key = event.key();
            if (key != null && key.length >= SingleObject.HEADER_BYTES) {
                keys.add(HeldKey.of(table, key));
            }
        }
        this.partitions = List.copyOf(begin.keySet());
        consumer.assign(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, first) ->
                        consumer.seek(partition, Math.max(first, begin.getOrDefault(partition, 0L))));
    }

    /** Reads on to where the topic ends now. */
    void read() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record);
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        boolean same = key != null && key.length >= SingleObject.HEADER_BYTES && keys.contains(HeldKey.of(table, key));
        if (!same && key != null) {
            return;
        }
        XlogEvent event = decoder.decode(
                new TopicPartition(record.topic(), record.partition()), record.offset(), key, record.value());
        boolean truncate = event.data() != null && event.data().operation() == Operation.TRUNCATE;
        if ((same || truncate) && event.id().compareTo(after) > 0) {
            found.add(event.id());
        }
    }

    /** The first of them that is not behind the given place, or null if there is none. */
    @Nullable
    EventId upTo(EventId applied) {
        return found.stream()
                .filter(id -> id.compareTo(applied) <= 0)
                .min(EventId::compareTo)
                .orElse(null);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
