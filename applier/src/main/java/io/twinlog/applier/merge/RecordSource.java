package io.twinlog.applier.merge;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where records come from: what of Kafka's consumer reading needs, so that a Connect worker that brings the records can stand in
 * its place. One thread uses it.
 */
public interface RecordSource extends AutoCloseable {

    /** Wants exactly these partitions from now on; each is then given its place by {@link #seek}. */
    void assign(Set<TopicPartition> partitions);

    /** The next record of a partition to give is the one at this offset. */
    void seek(TopicPartition partition, long offset);

    /** The offset of the next record that {@link #poll} would give. */
    long position(TopicPartition partition);

    /**
     * The next records, none if none come in time.
     *
     * @throws org.apache.kafka.clients.consumer.OffsetOutOfRangeException if Kafka has deleted them
     */
    ConsumerRecords<byte[], byte[]> poll(Duration wait);

    /** Of which more was fetched than the last {@link #poll} gave, perhaps, so that pausing them would cost memory. */
    default Set<TopicPartition> unfinished() {
        return Set.of();
    }

    void pause(Collection<TopicPartition> partitions);

    void resume(Collection<TopicPartition> partitions);

    Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration limit);

    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration limit);

    /** Records that Kafka has and that were not given, where known. */
    OptionalLong currentLag(TopicPartition partition);

    /** What keeps it for long from giving records of partitions that are wanted, in words for the operator; else null. */
    default @Nullable String obstacle() {
        return null;
    }

    /** Tells lag tools where reading would go on; nobody here reads it. */
    void tellGroup(Map<TopicPartition, Long> positions);

    @Override
    void close();
}
