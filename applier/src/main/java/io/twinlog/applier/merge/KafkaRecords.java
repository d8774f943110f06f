package io.twinlog.applier.merge;

import io.twinlog.applier.kafka.FetchSize;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A Kafka consumer of our own, made anew where more partitions call for smaller fetches. */
public final class KafkaRecords implements RecordSource {

    /**
     * A fetch costs the broker time for every partition that it names, whatever has arrived there. Of thousands it would do nothing but
     * look, if each fetch were answered, and asked again, as soon as the first partition had a record.
     */
    private static final long PACE_NANOS_PER_PARTITION = 20_000;

    private static final long SMALLEST_PACE_NANOS = 2_000_000;
    private static final long LARGEST_PACE_NANOS = 100_000_000;

    private final Function<FetchSize, Consumer<byte[], byte[]>> consumers;
    private FetchSize size = FetchSize.of(0, Runtime.getRuntime().maxMemory());
    private Consumer<byte[], byte[]> consumer;
    private Set<TopicPartition> unfinished = Set.of();
    private long paceNanos;
    private long notBefore = System.nanoTime();

    /** @param consumers makes a consumer, which is closed here */
    public KafkaRecords(Function<FetchSize, Consumer<byte[], byte[]>> consumers) {
        this.consumers = consumers;
        this.consumer = consumers.apply(size);
    }

    @Override
    public void assign(Set<TopicPartition> partitions) {
        long pace = partitions.size() * PACE_NANOS_PER_PARTITION;
        paceNanos = pace < SMALLEST_PACE_NANOS ? 0 : Math.min(pace, LARGEST_PACE_NANOS);
        FetchSize wanted = FetchSize.of(partitions.size(), Runtime.getRuntime().maxMemory());
        if (size.isFarAbove(wanted)) {
            renew(wanted, partitions);
        } else {
            consumer.assign(partitions);
        }
    }

    /** What the former consumer had fetched and not given is fetched again. */
    private void renew(FetchSize wanted, Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            positions.put(partition, consumer.position(partition));
        }
        Set<TopicPartition> paused = Set.copyOf(consumer.paused());
        close();
        consumer = consumers.apply(wanted);
        size = wanted;
        consumer.assign(partitions);
        positions.keySet().retainAll(partitions);
        positions.forEach(consumer::seek);
        consumer.pause(paused.stream().filter(partitions::contains).toList());
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
        // A full poll leaves some of what is fetched, so the next one need not fetch.
        boolean fetchedAll = !records.isEmpty() && records.count() < size.records();
        notBefore = System.nanoTime() + (fetchedAll ? paceNanos : 0);
        unfinished = size.whole() && records.count() >= size.records() ? records.partitions() : Set.of();
        return records;
    }

    @Override
    public Set<TopicPartition> unfinished() {
        return unfinished;
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
