package io.twinlog.connect.sink.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.failure.TwinlogException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class DebeziumReaderTest {

    private static final String TABLE = "db.public.t";
    private static final String TRANSACTIONS = "db.transaction";
    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
    private static final Schema ROW =
            SchemaBuilder.struct().optional().field("id", Schema.INT32_SCHEMA).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final Schema TRANSACTION = SchemaBuilder.struct()
            .optional()
            .field("id", Schema.STRING_SCHEMA)
            .field("total_order", Schema.INT64_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("db.public.t.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("op", Schema.STRING_SCHEMA)
            .field("transaction", TRANSACTION)
            .build();
    private static final Schema COLLECTION = SchemaBuilder.struct()
            .field("data_collection", Schema.STRING_SCHEMA)
            .field("event_count", Schema.INT64_SCHEMA)
            .build();
    private static final Schema BOUNDARY = SchemaBuilder.struct()
            .field("status", Schema.STRING_SCHEMA)
            .field("id", Schema.STRING_SCHEMA)
            .field(
                    "data_collections",
                    SchemaBuilder.array(COLLECTION).optional().build())
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    private final Feed feed = new Feed();
    private final Map<TopicPartition, Long> next = new HashMap<>();

    @Test
    void transactions_come_whole_and_in_the_order_of_their_begins() {
        DebeziumReader reader = open(TRANSACTIONS, progress(0, null, 0));
        feed.add(event(1, 11, "7:100", 2, null, 1_000));
        feed.add(event(0, 20, "8:150", 1, null, 2_000));
        feed.add(boundary("BEGIN", "7:90", 0, 1_000));
        feed.add(boundary("BEGIN", "8:140", 0, 2_000));
        feed.add(boundary("END", "8:160", 1, 2_000));
        assertThat(given(reader)).isEmpty();
        feed.add(boundary("END", "7:130", 2, 1_000));
        assertThat(given(reader)).isEmpty();
        feed.add(event(0, 10, "7:95", 1, null, 1_000));

        assertThat(given(reader)).containsExactly("begin 1", "10", "11", "end", "begin 2", "20", "end");
    }

    @Test
    void what_is_sent_again_is_dropped_and_an_older_place_with_a_newer_commit_is_a_gap() {
        DebeziumReader reader = open(TRANSACTIONS, progress(5, "200", 5_000));
        feed.add(boundary("BEGIN", "7:150", 0, 4_000));
        feed.add(event(0, 1, "7:150", 1, null, 4_000));
        feed.add(boundary("END", "7:200", 1, 4_000));
        assertThat(given(reader)).isEmpty();

        feed.add(boundary("BEGIN", "9:20", 0, 6_000));
        feed.add(boundary("END", "9:30", 0, 6_000));
        assertThatThrownBy(() -> given(reader))
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("GAP")
                .hasMessageContaining("goes from 200 back to 30");
    }

    @Test
    void overlapping_transactions_in_key_order_are_no_repetitions() {
        DebeziumReader reader = open("", progress(0, null, 0));
        feed.add(event(0, 1, null, 0, "[\"50\",\"200\"]", 1_000));
        feed.add(event(0, 2, null, 0, "[\"250\",\"100\"]", 2_000));
        assertThat(given(reader)).containsExactly("begin 1", "1", "2", "end");
        feed.add(event(0, 1, null, 0, "[\"50\",\"200\"]", 1_000));
        feed.add(event(0, 2, null, 0, "[\"250\",\"100\"]", 2_000));

        // The later one shares the place of its commit with what may be missing, so it is given out again.
        assertThat(given(reader)).containsExactly("begin 2", "2", "end");
    }

    @Test
    void a_transaction_topic_with_several_partitions_is_refused() {
        assertThatThrownBy(() -> new DebeziumReader(
                                "r",
                                feed,
                                Set.of(new TopicPartition(TRANSACTIONS, 0), new TopicPartition(TRANSACTIONS, 1)),
                                TRANSACTIONS,
                                schema -> {},
                                (record, why) -> {})
                        .open(progress(0, null, 0), Map.of()))
                .isInstanceOf(TwinlogException.class)
                .hasMessageContaining("has several partitions")
                .hasMessageContaining("topic.creation.transactions.partitions=1");
    }

    private DebeziumReader open(String transactionTopic, StoredProgress progress) {
        DebeziumReader reader = new DebeziumReader(
                "r",
                feed,
                Set.of(new TopicPartition(TABLE, 0), new TopicPartition(TABLE, 1), new TopicPartition(TRANSACTIONS, 0)),
                transactionTopic,
                schema -> {},
                (record, why) -> {
                    throw why;
                });
        reader.open(progress, Map.of());
        return reader;
    }

    private static List<String> given(DebeziumReader reader) {
        reader.poll(Duration.ZERO);
        List<String> items = new ArrayList<>();
        for (Merged merged = reader.next(); merged != null; merged = reader.next()) {
            switch (merged.kind()) {
                case BEGAN ->
                    items.add("begin " + ((Merged.Began) merged).record().seq());
                case EVENT ->
                    items.add(String.valueOf(
                            ((XlogEvent) merged).decoded().after().value(0)));
                case ENDED -> items.add("end");
                case VOIDED, CONTROL -> throw new AssertionError(merged);
            }
        }
        return items;
    }

    private static StoredProgress progress(long seq, String position, long millis) {
        Instant time = Instant.ofEpochMilli(millis);
        return new StoredProgress(seq == 0 ? 0 : 1, seq, position, time, null, null, null, null, false, time);
    }

    private SinkRecord event(int partition, int id, String transaction, long order, String sequence, long millis) {
        Struct source = new Struct(SOURCE)
                .put("db", "d")
                .put("schema", "public")
                .put("table", "t")
                .put("ts_ms", millis)
                .put("sequence", sequence)
                .put("lsn", 1L);
        Struct value = new Struct(ENVELOPE)
                .put("after", new Struct(ROW).put("id", id))
                .put("source", source)
                .put("op", "c");
        if (transaction != null) {
            value.put(
                    "transaction",
                    new Struct(TRANSACTION).put("id", transaction).put("total_order", order));
        }
        return record(TABLE, partition, KEY, new Struct(KEY).put("id", id), ENVELOPE, value);
    }

    private SinkRecord boundary(String status, String id, long events, long millis) {
        Struct value = new Struct(BOUNDARY)
                .put("status", status)
                .put("id", id)
                .put("ts_ms", millis)
                .put(
                        "data_collections",
                        events == 0
                                ? null
                                : List.of(new Struct(COLLECTION)
                                        .put("data_collection", "public.t")
                                        .put("event_count", events)));
        return record(TRANSACTIONS, 0, null, null, BOUNDARY, value);
    }

    private SinkRecord record(String topic, int partition, Schema keySchema, Object key, Schema schema, Struct value) {
        long offset = next.merge(new TopicPartition(topic, partition), 1L, Long::sum) - 1;
        return new SinkRecord(topic, partition, keySchema, key, schema, value, offset, 0L, TimestampType.CREATE_TIME);
    }

    /** Gives what was added since the last time. */
    private static final class Feed implements RecordFeed {
        private final List<SinkRecord> waiting = new ArrayList<>();

        void add(SinkRecord record) {
            waiting.add(record);
        }

        @Override
        public List<SinkRecord> poll(Duration wait) {
            List<SinkRecord> taken = List.copyOf(waiting);
            waiting.clear();
            return taken;
        }

        @Override
        public void assign(Set<TopicPartition> partitions) {}

        @Override
        public void seek(TopicPartition partition, long offset) {}

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return Map.of();
        }

        @Override
        public Map<String, String> topicIds(Collection<String> topics) {
            Map<String, String> ids = new HashMap<>();
            topics.forEach(topic -> ids.put(topic, topic + "-id"));
            return ids;
        }

        @Override
        public void tellApplied(Map<TopicPartition, Long> positions) {}
    }
}
