package io.twinlog.capture.publish;

import io.twinlog.schemas.topic.TopicNames;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka clients with our settings; what the user configured wins, except where order or durability depend on it. */
public final class KafkaClients {

    /** What topics take: a row of 1 GiB is PostgreSQL's limit, this is ours. */
    static final int MAX_RECORD_BYTES = 128 << 20;

    /** Below socket.request.max.bytes of brokers, 100 MiB by default: a larger request is cut off without an answer. */
    private static final int MAX_REQUEST_BYTES = 96 << 20;

    /** Longer than {@link Dispatcher} needs to hand over the records of a partition; it is what decides when they leave. */
    private static final int LINGER_MILLIS = 5;

    private static final long MOST_WAITING_BYTES = 32L << 20;
    private static final long SMALLEST_BUFFER_BYTES = 32L << 20;

    private static final int DELIVERY_TIMEOUT_MILLIS = 120_000;
    private static final int ADMIN_TIMEOUT_MILLIS = 15_000;

    private final Map<String, Object> user;
    private final Outlet outlet;

    /**
     * @param user properties for all clients, bootstrap.servers among them
     * @param outlet how xlog records get to Kafka
     */
    public KafkaClients(Map<String, Object> user, Outlet outlet) {
        this.user = Map.copyOf(user);
        this.outlet = outlet;
    }

    public Outlet outlet() {
        return outlet;
    }

    /** The sender of xlog records for one session; the caller closes it. */
    RecordSender sender(TopicNames names) {
        return outlet.open(this, names);
    }

    public Admin admin() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("default.api.timeout.ms", ADMIN_TIMEOUT_MILLIS);
        settings.put("request.timeout.ms", ADMIN_TIMEOUT_MILLIS / 3);
        settings.putAll(user);
        return Admin.create(settings);
    }

    /** The producer of events. */
    public KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferBytes());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
        settings.putAll(user);
        // Invariants 1 and 2 stand on these.
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A quarter of the heap, so that an unreachable Kafka cannot fill it (invariant 10). */
    private static long bufferBytes() {
        return Math.max(
                SMALLEST_BUFFER_BYTES,
                Math.min(MAX_RECORD_BYTES, Runtime.getRuntime().maxMemory() / 4));
    }

    /** How much may wait to be handed to the producer, beside what waits there. */
    static long waitingBytes() {
        return Math.min(MOST_WAITING_BYTES, bufferBytes() / 4);
    }

    /** A producer for a few small records, which nobody waits for. */
    public KafkaProducer<byte[], byte[]> statusProducer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 1L << 20);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.putAll(user);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer that reads single partitions from given offsets. */
    public KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MILLIS);
        settings.putAll(user);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
