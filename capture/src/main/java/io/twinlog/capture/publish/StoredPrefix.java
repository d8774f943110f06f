package io.twinlog.capture.publish;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What is stored beyond the last checkpoint, proven by reading it.
 *
 * <p>A new epoch gives the numbers behind the stored prefix to other transactions. If one of them had been complete in Kafka, a
 * reader may have applied it already. So before an epoch begins, transactions whose END stands on the control log are counted
 * in the data partitions, from their ends backwards; the prefix of complete ones is stored. Stateless.
 */
public final class StoredPrefix {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FIRST_STEP = 1_000;

    private StoredPrefix() {}

    /** The highest transaction that is complete in Kafka together with all before it. */
    public static long of(KafkaClients kafka, TopicNames names, Checkpoint checkpoint) {
        SortedMap<Long, ControlRecord> ended = new TreeMap<>();
        try (ControlLogTail tail = new ControlLogTail(kafka, names)) {
            long to = tail.end();
            long from = to;
            boolean enough = false;
            for (long step = FIRST_STEP; !enough && from > tail.begin(); step *= 4) {
                from = Math.max(tail.begin(), to - step);
                ended.clear();
                for (ControlLogTail.Entry entry : tail.records(from, to)) {
                    ControlRecord record = entry.record();
                    enough |= record.epoch() < checkpoint.epoch()
                            || (record.kind() == ControlKind.BEGIN && record.seq() <= checkpoint.storedSeq())
                            || record.kind() == ControlKind.EPOCH;
                    if (record.kind() == ControlKind.END
                            && record.epoch() == checkpoint.epoch()
                            && record.seq() > checkpoint.storedSeq()) {
                        ended.put(record.seq(), record);
                    }
                }
            }
        }
        Map<TopicPartition, Map<Long, BitSet>> found = count(kafka, checkpoint, ended);
        long stored = checkpoint.storedSeq();
        while (isComplete(ended.get(stored + 1), found)) {
            stored++;
        }
        return stored;
    }

    private static boolean isComplete(
            @org.jspecify.annotations.Nullable ControlRecord end, Map<TopicPartition, Map<Long, BitSet>> found) {
        if (end == null) {
            return false;
        }
        for (PartitionCount count : end.counts()) {
            Map<Long, BitSet> bySeq =
                    found.getOrDefault(new TopicPartition(count.topic(), count.partition()), Map.of());
            BitSet ordinals = bySeq.get(end.seq());
            if (ordinals == null || ordinals.cardinality() != count.events()) {
                return false;
            }
        }
        return true;
    }

    private static Map<TopicPartition, Map<Long, BitSet>> count(
            KafkaClients kafka, Checkpoint checkpoint, SortedMap<Long, ControlRecord> ended) {
        Map<TopicPartition, Map<Long, BitSet>> result = new HashMap<>();
        for (ControlRecord end : ended.values()) {
            for (PartitionCount count : end.counts()) {
                result.put(new TopicPartition(count.topic(), count.partition()), new HashMap<>());
            }
        }
        try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
            result.forEach((partition, bySeq) -> count(consumer, kafka.outlet(), partition, checkpoint, bySeq));
        }
        return result;
    }

    private static void count(
            Consumer<byte[], byte[]> consumer,
            Outlet outlet,
            TopicPartition partition,
            Checkpoint checkpoint,
            Map<Long, BitSet> bySeq) {
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        consumer.assign(List.of(partition));
        long from = end;
        boolean enough = false;
        for (long step = FIRST_STEP; !enough && from > begin; step *= 4) {
            long to = from;
            from = Math.max(begin, end - step);
            consumer.seek(partition, from);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < to) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < to) {
                        enough |= take(outlet.identity(record.value()), checkpoint, bySeq);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new TimeoutException("Partition " + partition + " could not be read to its end");
                }
            }
        }
    }

    /** Takes note of an event; true if it belongs to a transaction that is known to be stored. */
    private static boolean take(EventId id, Checkpoint checkpoint, Map<Long, BitSet> bySeq) {
        if (id.epoch() != checkpoint.epoch() || id.seq() <= checkpoint.storedSeq()) {
            return id.epoch() <= checkpoint.epoch();
        }
        bySeq.computeIfAbsent(id.seq(), s -> new BitSet()).set(Math.toIntExact(id.ordinal()));
        return false;
    }
}
