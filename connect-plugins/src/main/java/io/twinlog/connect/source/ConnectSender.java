package io.twinlog.connect.source;

import io.twinlog.capture.publish.RecordSender;
import io.twinlog.schemas.registry.SchemaTopicWriter;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records through the worker. Schemas alone go through a producer of our own, onto the schema topic: they must be stored
 * before the first record that uses them, and capture finds a table's history there. Owned by the capturing thread.
 */
final class ConnectSender implements RecordSender {

    private final RecordQueue queue;
    private final Producer<byte[], byte[]> producer;
    private final SchemaTopicWriter schemas;

    /** Takes over the producer. */
    ConnectSender(RecordQueue queue, Producer<byte[], byte[]> producer, TopicNames names) {
        this.queue = queue;
        this.producer = producer;
        this.schemas = new SchemaTopicWriter(producer, names.schemas());
    }

    @Override
    public byte[] publish(String subject, Schema schema) {
        queue.know(schema);
        schemas.publish(schema);
        return RecordHeader.singleObject(SingleObject.fingerprint(schema));
    }

    @Override
    public void send(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
        queue.add(new RecordQueue.Sent(topic, partition, key, value, stored));
    }

    /** The worker takes what is there whenever it asks. */
    @Override
    public void release() {}

    @Override
    public void flush() {
        queue.awaitEmpty();
    }

    @Override
    public void close(Duration patience) {
        queue.clear();
        producer.close(Duration.ofSeconds(2));
    }
}
