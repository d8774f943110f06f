package io.twinlog.capture.publish;

import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of one session in order and says which are stored. Owned by one thread, apart from {@link #release} and {@link #flush};
 * the callbacks come from another, one at a time.
 */
public interface RecordSender extends AutoCloseable {

    /**
     * Makes a schema known to readers, and returns the bytes that stand before the body of each record with it. Returns when
     * readers can find the schema; repeated calls cost nothing.
     *
     * @param subject the schema's name in a registry: {@code <topic>-key} or {@code <topic>-value}
     */
    byte[] publish(String subject, Schema schema);

    /**
     * Sends a record; may wait for room.
     *
     * @param stored is called when the record is stored, or with the failure
     * @throws org.apache.kafka.common.KafkaException if it cannot be sent
     */
    void send(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored);

    /** Nothing follows for the time being: what was sent need not wait for company. Returns at once. Any thread. */
    void release();

    /** Lets everything leave that was sent, and waits until it is stored or has failed. Any thread. */
    void flush();

    /** Gives up what is not stored after this time. */
    void close(Duration patience);

    @Override
    default void close() {
        close(Duration.ZERO);
    }
}
