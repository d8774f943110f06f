package io.twinlog.applier.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients of one replication; the caller closes them. Immutable. */
public final class KafkaClients {

    /** The largest record on any topic, also the topics' {@code max.message.bytes}. */
    public static final int MAX_RECORD_BYTES = 134_217_728;

    private static final int FETCH_BYTES = 8 << 20;

    private final String replication;
    private final Map<String, Object> settings;

    /**
     * @param settings what the operator configured; it wins over our defaults, but not over what correctness needs
     */
    public KafkaClients(String replication, Map<String, Object> settings) {
        this.replication = replication;
        this.settings = Map.copyOf(settings);
    }

    /** For the xlog: the group is only where lag tools look. */
    public Consumer<byte[], byte[]> xlogConsumer(FetchSize size) {
        Map<String, Object> config = consumerDefaults();
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, size.partitionBytes());
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, size.records());
        config.putAll(settings);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, "twinlog." + replication);
        return consumer(config);
    }

    /** For topics that are read from their beginning. */
    public Consumer<byte[], byte[]> consumer() {
        Map<String, Object> config = consumerDefaults();
        // At the end of a topic a fetch waits this long, and closing waits for the fetch.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
        config.putAll(settings);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return consumer(config);
    }

    private static Map<String, Object> consumerDefaults() {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        // A larger record is delivered all the same: the first batch of a fetch always is (KIP-74).
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES / 4);
        config.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 1 << 20);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
        return config;
    }

    // Invariant 2: a position that is gone must be an error, never a jump.
    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A producer whose records are stored when they are acknowledged. */
    public Producer<byte[], byte[]> producer(String purpose) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
        config.putAll(settings);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, "twinlog-" + replication + "-" + purpose);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public Admin admin() {
        Map<String, Object> config = new HashMap<>();
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000);
        config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
        config.putAll(settings);
        return Admin.create(config);
    }
}
