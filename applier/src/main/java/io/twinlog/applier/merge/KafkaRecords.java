package io.twinlog.applier.merge;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A Kafka consumer of our own, which it closes. */
public final class KafkaRecords implements RecordSource {

    /**
     * A fetch costs the broker time for every partition that it names, whatever has arrived there. Of thousands it would do nothing but
     * look, if each fetch were answered, and asked again, as soon as the first partition had a record.
     */
    private static final long PACE_NANOS_PER_PARTITION = 20_000;

    private static final long SMALLEST_PACE_NANOS = 2_000_000;
    private static final long LARGEST_PACE_NANOS = 100_000_000;

    private final Consumer<byte[], byte[]> consumer;
    private long paceNanos;
    private long notBefore = System.nanoTime();

    public KafkaRecords(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void assign(Set<TopicPartition> partitions) {
        long pace = partitions.size() * PACE_NANOS_PER_PARTITION;
        paceNanos = pace < SMALLEST_PACE_NANOS ? 0 : Math.min(pace, LARGEST_PACE_NANOS);
        consumer.assign(partitions);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        long early = paceNanos == 0 ? 0 : notBefore - System.nanoTime();
        if (early > 0) {
            LockSupport.parkNanos(this, early);
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
        notBefore = System.nanoTime() + (records.isEmpty() ? 0 : paceNanos);
        return records;
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        consumer.resume(partitions);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration limit) {
        return consumer.beginningOffsets(partitions, limit);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration limit) {
        return consumer.endOffsets(partitions, limit);
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        return consumer.currentLag(partition);
    }

    @Override
    public void tellGroup(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        positions.forEach((partition, next) -> offsets.put(partition, new OffsetAndMetadata(next)));
        consumer.commitAsync(offsets, (committed, failure) -> {});
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
}
