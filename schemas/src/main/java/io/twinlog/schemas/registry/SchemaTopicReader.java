package io.twinlog.schemas.registry;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the schema topic as far as needed and remembers what it has seen. Safe for many threads. */
public final class SchemaTopicReader implements SchemaLookup, AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Map<Long, Schema> schemas = new HashMap<>();
    private boolean assigned;

    /** Takes over the consumer, which must not be subscribed, and closes it in the end. */
    public SchemaTopicReader(Consumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        this.partition = new TopicPartition(topic, 0);
    }

    @Override
    public synchronized Schema find(SchemaId id) {
        long fingerprint = id.value();
        Schema known = schemas.get(fingerprint);
        if (known != null) {
            return known;
        }
        readToEnd();
        Schema found = schemas.get(fingerprint);
        if (found == null) {
            throw new UnknownSchemaException("The schema topic " + partition.topic() + " has no schema " + id
                    + "; was the topic deleted or is its cleanup.policy not 'compact'?");
        }
        return found;
    }

    /** All schemas that stand on the topic now. */
    public synchronized List<Schema> all() {
        readToEnd();
        return List.copyOf(schemas.values());
    }

    private void readToEnd() {
        if (!assigned) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            assigned = true;
        }
        Long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (end != null && consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.key() != null && record.value() != null) {
                    long fingerprint = Long.parseUnsignedLong(new String(record.key(), StandardCharsets.US_ASCII), 16);
                    schemas.put(
                            fingerprint, new Schema.Parser().parse(new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
