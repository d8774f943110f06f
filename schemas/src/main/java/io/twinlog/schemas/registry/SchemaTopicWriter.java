package io.twinlog.schemas.registry;

import io.twinlog.schemas.wire.SingleObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Publishes schemas on the schema topic, each once per session. Not thread-safe; owns nothing. */
public final class SchemaTopicWriter {

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Set<Long> published = new HashSet<>();

    /** Uses, and never closes, the given producer. */
    public SchemaTopicWriter(Producer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    /** Stores a schema and returns when Kafka has acknowledged it; repeated calls cost nothing. */
    public void publish(Schema schema) {
        long fingerprint = SingleObject.fingerprint(schema);
        if (published.contains(fingerprint)) {
            return;
        }
        try {
            producer.send(new ProducerRecord<>(
                            topic, 0, key(fingerprint), schema.toString().getBytes(StandardCharsets.UTF_8)))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while a schema was stored on " + topic, e);
        } catch (ExecutionException e) {
            throw new KafkaException("A schema could not be stored on " + topic, e.getCause());
        }
        published.add(fingerprint);
    }

    /** The key of a schema: its fingerprint as 16 hexadecimal digits. */
    static byte[] key(long fingerprint) {
        return String.format("%016x", fingerprint).getBytes(StandardCharsets.US_ASCII);
    }
}
