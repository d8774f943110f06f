package io.twinlog.applier.xlog;

import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.registry.SchemaTopicWriter;
import io.twinlog.schemas.topic.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to real topics. Everything sent is stored when {@link #flush} returns. */
public final class KafkaSink implements XlogSink, AutoCloseable {

    private final TopicNames names;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final SchemaTopicWriter schemas;

    public KafkaSink(String replication, String bootstrapServers) {
        names = new TopicNames(replication);
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "compression.type",
                        "lz4",
                        "max.request.size",
                        134_217_728,
                        "buffer.memory",
                        134_217_728L),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        schemas = new SchemaTopicWriter(producer, names.schemas());
        topic(names.transactions(), 1, Map.of());
        topic(names.schemas(), 1, Map.of("cleanup.policy", "compact"));
    }

    public Admin admin() {
        return admin;
    }

    @Override
    public void schema(Schema schema) {
        schemas.publish(schema);
    }

    @Override
    public void topic(String topic, int partitions) {
        topic(topic, partitions, Map.of());
    }

    private void topic(String topic, int partitions, Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("max.message.bytes", "134217728");
        try {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(all)))
                    .all()
                    .get();
            awaitLeaders(topic, partitions);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // A producer whose first batches meet a broker that is not yet leader can end in OutOfOrderSequence for ever.
    private void awaitLeaders(String topic, int partitions) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> all = new java.util.HashMap<>();
        for (int i = 0; i < partitions; i++) {
            all.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        while (true) {
            try {
                admin.listOffsets(all).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void control(ControlRecord record) {
        producer.send(new ProducerRecord<>(names.transactions(), 0, null, ControlCodec.encode(record)));
    }

    @Override
    public void data(String topic, int partition, byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, partition, key, value));
    }

    public void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
