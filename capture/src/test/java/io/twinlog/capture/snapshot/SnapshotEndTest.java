package io.twinlog.capture.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.metrics.TableCounts;
import io.twinlog.capture.publish.DataTopic;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.Outlet;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.publish.RecordSender;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.chunk.Chunk;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotEndTest {

    private static final TopicNames NAMES = new TopicNames("r");

    private final List<String> happened = new ArrayList<>();

    /** Stores control records at once, and events when it is asked to hurry. */
    private final class SlowData implements RecordSender {
        private final List<Callback> waiting = new ArrayList<>();
        private long offset;

        @Override
        public byte[] publish(String subject, Schema schema) {
            return RecordHeader.singleObject(SingleObject.fingerprint(schema));
        }

        @Override
        public void send(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
            if (topic.equals(NAMES.transactions())) {
                happened.add(ControlCodec.decode(value).kind().name());
                stored.onCompletion(metadata(topic, partition), null);
            } else {
                waiting.add(stored);
            }
        }

        private RecordMetadata metadata(String topic, int partition) {
            return new RecordMetadata(new TopicPartition(topic, partition), offset++, 0, 0, 0, 0);
        }

        @Override
        public void release() {}

        @Override
        public void flush() {
            waiting.forEach(stored -> stored.onCompletion(metadata("r.s.t", 0), null));
            if (!waiting.isEmpty()) {
                happened.add("events stored");
            }
            waiting.clear();
        }

        @Override
        public void close(Duration patience) {}
    }

    private final class SlowOutlet implements Outlet {
        @Override
        public RecordSender open(KafkaClients kafka, TopicNames names) {
            return new SlowData();
        }

        @Override
        public ControlRecord control(byte[] value) {
            return ControlCodec.decode(value);
        }

        @Override
        public EventId identity(byte[] value) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class NoRows implements RowSource {
        @Override
        public Map<TableId, Table> describe(Collection<TableId> tables) {
            return Map.of();
        }

        @Override
        public int mostReaders() {
            return 1;
        }

        @Override
        public Reader open() {
            return new Reader() {
                @Override
                public @Nullable String bound(Table table, @Nullable String after, int rows) {
                    return null;
                }

                @Override
                public void read(Table table, Chunk chunk, Sink rows) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void parse(byte[] row, Tuple tuple) {}
    }

    @Test
    void the_initial_sync_is_called_done_when_all_its_events_are_stored() throws Exception {
        try (Publisher publisher = new Publisher(
                new KafkaClients(Map.of(), new SlowOutlet()),
                NAMES,
                Clock.systemUTC(),
                1,
                0,
                10,
                SourcePosition.binlog("b"))) {
            DataTopic topic = new DataTopic(new TableId("s", "t"), "r.s.t", 1, new TableCounts());
            var unused = publisher.begin(new Publisher.Transaction(10, 0, null, null, Map.of()));
            publisher.event(topic, 0, null, new byte[] {1});
            publisher.end(10);

            List<?> readLater = new Snapshot(
                            new NoRows(), publisher, SnapshotLog.begin(List.of()), null, 10, () -> false)
                    .run(line -> {}, (name, value) -> {});

            assertThat(readLater).isEmpty();
            assertThat(happened).containsSubsequence("END", "events stored", "SNAPSHOT_END");
        }
    }
}
