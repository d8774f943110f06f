package io.twinlog.bench.stage;

import io.twinlog.capture.metrics.TableCounts;
import io.twinlog.capture.postgres.pgoutput.ChangeVisitor;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.value.RelationShape;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.publish.DataTopic;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.Outlet;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.RecordSender;
import io.twinlog.capture.row.RowEncoder;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.stream.EventWriter;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Capture's way from decoded changes to records, with a sink in Kafka's place. Not thread-safe. */
final class CapturedLog implements ChangeVisitor, AutoCloseable {

    static final String REPLICATION = "bench";
    static final TopicPartition CONTROL = new TopicPartition(REPLICATION + ".transactions", 0);

    /** Takes what would go to Kafka. */
    interface Sink {
        void take(String topic, int partition, byte @Nullable [] key, byte[] value);
    }

    private final Map<Long, Schema> schemas = new HashMap<>();
    private final Sink sink;
    private final Publisher publisher;
    private final EventWriter events;
    private final TypeNames types;
    private final int partitions;
    private @Nullable TableVersion table;
    private long commitLsn;

    CapturedLog(TypeNames types, int partitions, Sink sink) {
        this.types = types;
        this.partitions = partitions;
        this.sink = sink;
        this.publisher = new Publisher(
                new KafkaClients(Map.of(), new SinkOutlet()),
                new TopicNames(REPLICATION),
                Clock.systemUTC(),
                1,
                0,
                0,
                Lsn::format);
        this.events = new EventWriter(publisher);
    }

    /** The schemas that the records name, by fingerprint. */
    Map<Long, Schema> schemas() {
        return schemas;
    }

    @Override
    public void begin(long lsn, long micros, long xid) {
        commitLsn = lsn;
        events.begin(publisher.begin(new Publisher.Transaction(lsn, micros, xid, null, Map.of())));
    }

    @Override
    public void relation(Relation relation) {
        boolean[] key = new boolean[relation.columns().size()];
        key[0] = true;
        TableShape shape = RelationShape.of(relation, key, types);
        EnvelopeWriter envelope = new EnvelopeWriter(REPLICATION, "1", "bench", shape);
        publisher.publishSchema("value", envelope.schema());
        publisher.publishSchema("key", envelope.keySchema());
        DataTopic topic = new DataTopic(
                shape.id(),
                new TopicNames(REPLICATION).data(shape.schema(), shape.table()),
                partitions,
                new TableCounts());
        table = new TableVersion(shape, new RowEncoder(shape), envelope, topic);
    }

    @Override
    public void insert(int relation, long lsn, Tuple row) {
        events.insert(table(), lsn, row);
    }

    @Override
    public void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
        events.update(table(), lsn, old, oldIsKey, row);
    }

    @Override
    public void delete(int relation, long lsn, Tuple old, boolean oldIsKey) {
        events.delete(table(), lsn, old, oldIsKey);
    }

    @Override
    public void commit(long lsn, long endLsn, long micros) {
        publisher.end(Math.max(commitLsn, endLsn));
    }

    @Override
    public void origin(String name) {
        throw new IllegalStateException("The log has no origins");
    }

    @Override
    public void type(int oid, String schema, String name) {
        types.put(oid, schema, name);
    }

    @Override
    public void truncate(int[] relations, long lsn) {
        throw new IllegalStateException("The log has no truncates");
    }

    @Override
    public void message(boolean transactional, long lsn, String prefix, byte[] content) {
        throw new IllegalStateException("The log has no messages");
    }

    private TableVersion table() {
        if (table == null) {
            throw new IllegalStateException("The log describes its table before it changes it");
        }
        return table;
    }

    @Override
    public void close() {
        publisher.close();
    }

    /** Acknowledges at once. */
    private final class SinkOutlet implements Outlet {

        @Override
        public RecordSender open(KafkaClients kafka, TopicNames names) {
            return new RecordSender() {
                @Override
                public byte[] publish(String subject, Schema schema) {
                    long fingerprint = SingleObject.fingerprint(schema);
                    schemas.put(fingerprint, schema);
                    return RecordHeader.singleObject(fingerprint);
                }

                @Override
                public void send(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
                    sink.take(topic, partition, key, value);
                    stored.onCompletion(null, null);
                }

                @Override
                public void release() {}

                @Override
                public void flush() {}

                @Override
                public void close(Duration patience) {}
            };
        }

        @Override
        public ControlRecord control(byte[] value) {
            return ControlCodec.decode(value);
        }

        @Override
        public EventId identity(byte[] value) {
            throw new IllegalStateException("Nothing is read back");
        }
    }
}
