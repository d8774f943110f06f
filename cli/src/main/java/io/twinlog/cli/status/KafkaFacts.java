package io.twinlog.cli.status;

import io.twinlog.schemas.status.MemberStatus;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka knows about a replication. Immutable.
 *
 * @param members the last word of each role
 * @param control the end of the control log, or null if there is none
 * @param partitions the data partitions and the control log's
 * @param openConflicts conflicts that wait for a decision, as published; null where the target tells
 */
record KafkaFacts(
        Map<String, MemberStatus> members,
        @Nullable ControlTail control,
        Map<TopicPartition, Extent> partitions,
        @Nullable Long openConflicts) {

    /**
     * The end of the control log.
     *
     * @param capturedSeq the last complete transaction
     * @param position the last position that a record named
     * @param time when the last heartbeat or END was written or committed
     * @param writtenTime when capture last wrote a record that carries its own clock
     * @param logBytesPerSecond how fast the source's log grew between the last heartbeats; null: too few of them
     */
    record ControlTail(
            long epoch,
            long capturedSeq,
            long storedSeq,
            @Nullable String position,
            @Nullable Instant time,
            @Nullable Instant writtenTime,
            @Nullable Double logBytesPerSecond) {}

    /**
     * What a partition holds.
     *
     * @param retentionMillis how long a record lives, or -1 without end
     */
    record Extent(long begin, long end, long retentionMillis) {}
}
