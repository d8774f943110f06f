package io.twinlog.connect.sink.debezium;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** What a worker brings, and what Kafka says about it, as {@link DebeziumReader} needs it. */
public interface RecordFeed {

    /** Wants exactly these partitions. */
    void assign(Set<TopicPartition> partitions);

    /** The next record of a partition is the one at this offset. */
    void seek(TopicPartition partition, long offset);

    List<SinkRecord> poll(Duration wait);

    Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions);

    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions);

    /** Ids by topic; all of them exist. */
    Map<String, String> topicIds(Collection<String> topics);

    /** Whether Kafka knows the topic. */
    boolean exists(String topic);

    void tellApplied(Map<TopicPartition, Long> positions);
}
