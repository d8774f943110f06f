package io.twinlog.capture.publish;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.registry.SchemaTopicWriter;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;

/** Our own producer, and Avro behind a single-object header, or behind a registry's id where there is a registry. */
public final class KafkaOutlet implements Outlet {

    private final @Nullable RegistryClient registry;

    /** @param registry null: schemas are found on the schema topic alone */
    public KafkaOutlet(@Nullable RegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public RecordSender open(KafkaClients kafka, TopicNames names) {
        return new Sender(kafka.producer(), names, registry);
    }

    @Override
    public ControlRecord control(byte[] value) {
        return ControlCodec.decode(value);
    }

    @Override
    public EventId identity(byte[] value) {
        // The fields of the envelope up to here are the same in all versions: op, epoch, seq, ordinal.
        AvroInput in = new AvroInput(value, RecordHeader.length(value), value.length);
        in.skipBytes();
        return new EventId(in.readLong(), in.readLong(), in.readLong());
    }

    private static final class Sender implements RecordSender {

        private final KafkaProducer<byte[], byte[]> producer;
        private final Dispatcher dispatcher;
        private final SchemaTopicWriter topic;
        private final @Nullable RegistryClient registry;

        Sender(KafkaProducer<byte[], byte[]> producer, TopicNames names, @Nullable RegistryClient registry) {
            this.producer = producer;
            this.dispatcher = new Dispatcher(producer, KafkaClients.waitingBytes());
            this.topic = new SchemaTopicWriter(producer, names.schemas());
            this.registry = registry;
        }

        // The schema topic is written in any case: it is where capture finds the history of a table.
        @Override
        public byte[] publish(String subject, Schema schema) {
            RegistryClient known = registry;
            byte[] header = known == null
                    ? RecordHeader.singleObject(SingleObject.fingerprint(schema))
                    : RecordHeader.registry(known.register(subject, schema));
            topic.publish(schema);
            return header;
        }

        @Override
        public void send(String to, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
            dispatcher.add(to, partition, key, value, stored);
        }

        @Override
        public void release() {
            dispatcher.release();
        }

        @Override
        public void flush() {
            dispatcher.flush();
        }

        @Override
        public void close(Duration patience) {
            dispatcher.close();
            producer.close(patience);
        }
    }
}
