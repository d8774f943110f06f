package io.twinlog.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** One partition of one topic, written and read with the ordinary clients. */
record Topic(String bootstrapServers, String name) {
    void create(Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(settings)))
                    .all()
                    .get();
        }
    }

    void send(List<String> values) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "max.request.size",
                64 * 1024 * 1024,
                "buffer.memory",
                96 * 1024 * 1024,
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(name, value)).get();
            }
        }
    }

    /** Reads this many values from the beginning. */
    List<String> read(int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers,
                "key.deserializer", StringDeserializer.class,
                "value.deserializer", StringDeserializer.class);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            TopicPartition partition = new TopicPartition(name, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new ArrayList<>();
            long begun = System.nanoTime();
            while (values.size() < count
                    && System.nanoTime() - begun < Duration.ofSeconds(60).toNanos()) {
                consumer.poll(Duration.ofMillis(200)).forEach(one -> values.add(one.value()));
            }
            return values;
        }
    }
}
