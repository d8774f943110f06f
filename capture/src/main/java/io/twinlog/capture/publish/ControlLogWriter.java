package io.twinlog.capture.publish;

import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;

/** Stores single control records outside of a session: INTENT, EPOCH, GAP. Not thread-safe. */
public final class ControlLogWriter implements AutoCloseable {

    private final RecordSender sender;
    private final String topic;
    private final byte[] header;

    public ControlLogWriter(KafkaClients kafka, TopicNames names) {
        this.sender = kafka.sender(names);
        this.topic = names.transactions();
        try {
            this.header = sender.publish(RegistryClient.valueSubject(topic), ControlCodec.SCHEMA);
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
    }

    /** Returns when the record is stored. */
    public void store(ControlRecord record) {
        try {
            long unused = store(sender, topic, ControlCodec.encode(record, header));
        } catch (ExecutionException e) {
            throw new KafkaException("The control log " + topic + " did not store a record", e.getCause());
        }
    }

    /** Sends a record to partition 0, waits until it is stored and returns its offset. */
    static long store(RecordSender sender, String topic, byte[] value) throws ExecutionException {
        CompletableFuture<Long> stored = new CompletableFuture<>();
        sender.send(topic, 0, null, value, (metadata, failure) -> {
            if (failure == null) {
                stored.complete(metadata.offset());
            } else {
                stored.completeExceptionally(failure);
            }
        });
        sender.release();
        try {
            return stored.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    @Override
    public void close() {
        sender.close(Duration.ofSeconds(2));
    }
}
