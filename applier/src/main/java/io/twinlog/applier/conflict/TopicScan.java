package io.twinlog.applier.conflict;

import io.twinlog.applier.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic from its beginning to where it ends now; each call opens and closes its own consumer. Immutable. */
record TopicScan(KafkaClients clients, String topic) {

    private static final Duration POLL = Duration.ofMillis(200);

    /** Gives every record; nothing where the topic does not exist. */
    void forEach(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer = clients.consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            List<PartitionInfo> infos =
                    consumer.listTopics(Duration.ofSeconds(20)).get(topic);
            if (infos == null) {
                return;
            }
            for (PartitionInfo info : infos) {
                partitions.add(new TopicPartition(topic, info.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    reader.accept(record);
                }
            }
        }
    }
}
