package io.twinlog.capture.publish;

import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** Stores single control records outside of a session: INTENT, EPOCH, GAP. Not thread-safe. */
public final class ControlLogWriter implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;

    public ControlLogWriter(KafkaClients kafka, TopicNames names) {
        this.producer = kafka.producer();
        this.topic = names.transactions();
    }

    /** Returns when the record is stored. */
    public void store(ControlRecord record) {
        try {
            producer.send(new ProducerRecord<>(topic, 0, null, ControlCodec.encode(record)))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("The control log " + topic + " did not store a record", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
