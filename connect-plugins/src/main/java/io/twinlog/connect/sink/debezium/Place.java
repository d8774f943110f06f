package io.twinlog.connect.sink.debezium;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** Where a record stands on its topic, whatever transformations made of it. Immutable. */
record Place(TopicPartition partition, long offset) {

    static Place of(SinkRecord record) {
        return new Place(
                new TopicPartition(record.originalTopic(), record.originalKafkaPartition()),
                record.originalKafkaOffset());
    }
}
