package io.twinlog.applier.conflict;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the dead letters of a replication, each once: a record that appears twice after a crash has the same id. Changes
 * nothing; each call opens and closes its own consumer.
 */
public final class ConflictTopic {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaClients clients;
    private final String topic;

    /**
     * @param kafka settings of Kafka's clients
     */
    public ConflictTopic(String replication, Map<String, Object> kafka) {
        this.clients = new KafkaClients(replication, kafka);
        this.topic = new TopicNames(replication).conflicts();
    }

    /** All dead letters in the order in which they were stored. */
    public List<ConflictRecord> list() {
        List<ConflictRecord> conflicts = new ArrayList<>();
        forEach(conflicts::add);
        return conflicts;
    }

    /** The dead letter with this id, if there is one. */
    public Optional<ConflictRecord> find(String id) {
        List<ConflictRecord> found = new ArrayList<>();
        forEach(conflict -> {
            if (conflict.id().equals(id)) {
                found.add(conflict);
            }
        });
        return found.stream().findFirst();
    }

    /** Gives every dead letter that stands on the topic now; nothing where the topic does not exist. */
    public void forEach(Consumer<ConflictRecord> reader) {
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
            Set<String> seen = new HashSet<>();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    ConflictRecord conflict = ConflictCodec.decode(record.value());
                    if (seen.add(conflict.id())) {
                        reader.accept(conflict);
                    }
                }
            }
        }
    }
}
