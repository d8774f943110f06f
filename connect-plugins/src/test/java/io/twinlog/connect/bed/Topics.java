package io.twinlog.connect.bed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of a replication as they stand. */
public record Topics(String replication) {

    /** Data records and the control log. */
    public List<ConsumerRecord<byte[], byte[]>> xlog() {
        return read(Pattern.quote(replication) + "\\.(transactions|[^.]+\\.[^.]+)");
    }

    /** Data records alone. */
    public List<ConsumerRecord<byte[], byte[]>> events() {
        return read(Pattern.quote(replication) + "\\.[^.]+\\.[^.]+");
    }

    /** Writes what is no event to the first partition of a topic. */
    public static void write(String topic, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Servers.kafka()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, bytes, bytes));
        }
    }

    public static List<ConsumerRecord<byte[], byte[]>> read(String regex) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", Servers.kafka(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            new TreeMap<>(consumer.listTopics()).forEach((topic, infos) -> {
                if (topic.matches(regex)) {
                    infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                }
            });
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
