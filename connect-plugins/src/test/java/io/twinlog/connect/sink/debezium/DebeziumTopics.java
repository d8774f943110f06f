package io.twinlog.connect.sink.debezium;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Topics with records of the shapes that Debezium 3.5 writes, and a worker's consumer on them. */
final class DebeziumTopics implements RecordFeed {

    static final String TRANSACTIONS = "db.transaction";

    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
    private static final Schema ROW =
            SchemaBuilder.struct().optional().field("id", Schema.INT32_SCHEMA).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .name("io.debezium.connector.postgresql.Source")
            .field("version", Schema.STRING_SCHEMA)
            .field("connector", Schema.STRING_SCHEMA)
            .field("name", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
            .field("db", Schema.STRING_SCHEMA)
            .field("sequence", Schema.OPTIONAL_STRING_SCHEMA)
            .field("schema", Schema.STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final Schema TRANSACTION = SchemaBuilder.struct()
            .name("event.block")
            .optional()
            .field("id", Schema.STRING_SCHEMA)
            .field("total_order", Schema.INT64_SCHEMA)
            .field("data_collection_order", Schema.INT64_SCHEMA)
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .name("db.public.t.Envelope")
            .field("before", ROW)
            .field("after", ROW)
            .field("source", SOURCE)
            .field("transaction", TRANSACTION)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final Schema COLLECTION = SchemaBuilder.struct()
            .name("event.collection")
            .field("data_collection", Schema.STRING_SCHEMA)
            .field("event_count", Schema.INT64_SCHEMA)
            .build();
    private static final Schema BOUNDARY = SchemaBuilder.struct()
            .name("io.debezium.connector.common.TransactionMetadataValue")
            .field("status", Schema.STRING_SCHEMA)
            .field("id", Schema.STRING_SCHEMA)
            .field("event_count", Schema.OPTIONAL_INT64_SCHEMA)
            .field(
                    "data_collections",
                    SchemaBuilder.array(COLLECTION).optional().build())
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();

    private final Map<TopicPartition, List<SinkRecord>> logs = new LinkedHashMap<>();
    private final List<SinkRecord> written = new ArrayList<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private Set<TopicPartition> assigned = Set.of();
    private Random random;

    /** A record without its offset, to be written once or again. */
    record Line(TopicPartition place, Schema keySchema, Object key, Schema schema, Struct value) {}

    /** Reads a few records of one partition at a time from now on, in place of everything in the order of writing. */
    void readAtRandom(Random by) {
        random = by;
    }

    void write(Line... lines) {
        for (Line line : lines) {
            List<SinkRecord> log = logs.computeIfAbsent(line.place, p -> new ArrayList<>());
            SinkRecord record = new SinkRecord(
                    line.place.topic(),
                    line.place.partition(),
                    line.keySchema,
                    line.key,
                    line.schema,
                    line.value,
                    log.size(),
                    0L,
                    TimestampType.CREATE_TIME);
            log.add(record);
            written.add(record);
        }
    }

    void write(List<Line> lines) {
        write(lines.toArray(Line[]::new));
    }

    static TopicPartition partition(String table, int partition) {
        return new TopicPartition("db." + table, partition);
    }

    static Line begin(long xid, long lsn, long millis) {
        return boundary("BEGIN", xid + ":" + lsn, Map.of(), millis);
    }

    static Line end(long xid, long lsn, long millis, Map<String, Long> counts) {
        return boundary("END", xid + ":" + lsn, counts, millis);
    }

    private static Line boundary(String status, String id, Map<String, Long> counts, long millis) {
        List<Struct> collections = new ArrayList<>();
        counts.forEach((table, count) -> collections.add(
                new Struct(COLLECTION).put("data_collection", table).put("event_count", count)));
        Struct value = new Struct(BOUNDARY)
                .put("status", status)
                .put("id", id)
                .put("ts_ms", millis)
                .put("data_collections", status.equals("END") ? collections : null);
        return new Line(new TopicPartition(TRANSACTIONS, 0), null, null, BOUNDARY, value);
    }

    /** An inserted row of a transaction. */
    static Line insert(TopicPartition place, int id, long xid, long order, long lsn, String commitBefore, long millis) {
        Struct transaction = new Struct(TRANSACTION)
                .put("id", xid + ":" + lsn)
                .put("total_order", order)
                .put("data_collection_order", order);
        return change(place, id, "c", lsn, commitBefore, millis, transaction);
    }

    /** A change without transaction: {@code op} is r for a row of a snapshot, m for a message. */
    static Line loose(TopicPartition place, int id, String op, long lsn, String commitBefore, long millis) {
        return change(place, id, op, lsn, commitBefore, millis, null);
    }

    static Line tombstone(TopicPartition place, int id) {
        return new Line(place, KEY, new Struct(KEY).put("id", id), null, null);
    }

    private static Line change(
            TopicPartition place, int id, String op, long lsn, String commitBefore, long millis, Struct transaction) {
        String[] table = place.topic().split("\\.");
        Struct source = new Struct(SOURCE)
                .put("version", "3.5.0.Final")
                .put("connector", "postgresql")
                .put("name", "db")
                .put("db", "d")
                .put("schema", table[1])
                .put("table", table[2])
                .put("ts_ms", millis)
                .put("sequence", "[" + (commitBefore == null ? null : "\"" + commitBefore + "\"") + ",\"" + lsn + "\"]")
                .put("lsn", lsn);
        Struct value = new Struct(ENVELOPE)
                .put("after", new Struct(ROW).put("id", id))
                .put("source", source)
                .put("op", op)
                .put("transaction", transaction);
        return new Line(place, KEY, new Struct(KEY).put("id", id), ENVELOPE, value);
    }

    /** Whether everything that the assigned partitions hold has been read. */
    boolean isReadToTheEnd() {
        return assigned.stream()
                .allMatch(partition -> positions.getOrDefault(partition, 0L)
                        >= logs.getOrDefault(partition, List.of()).size());
    }

    @Override
    public List<SinkRecord> poll(Duration wait) {
        return random == null ? pollAll() : pollSome(random);
    }

    private List<SinkRecord> pollAll() {
        List<SinkRecord> taken = new ArrayList<>();
        for (SinkRecord record : written) {
            TopicPartition partition = Place.of(record).partition();
            if (assigned.contains(partition) && record.kafkaOffset() >= positions.get(partition)) {
                positions.put(partition, record.kafkaOffset() + 1);
                taken.add(record);
            }
        }
        return taken;
    }

    private List<SinkRecord> pollSome(Random by) {
        List<TopicPartition> candidates = new ArrayList<>(assigned);
        candidates.sort(java.util.Comparator.comparing(TopicPartition::toString));
        TopicPartition partition = candidates.get(by.nextInt(candidates.size()));
        List<SinkRecord> log = logs.getOrDefault(partition, List.of());
        int from = positions.get(partition).intValue();
        int to = Math.min(log.size(), from + by.nextInt(4));
        positions.put(partition, (long) to);
        return List.copyOf(log.subList(from, to));
    }

    @Override
    public void assign(Set<TopicPartition> partitions) {
        assigned = new HashSet<>(partitions);
        positions.clear();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        positions.put(partition, offset);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(partition, 0L));
        return offsets;
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        partitions.forEach(partition -> offsets.put(
                partition, (long) logs.getOrDefault(partition, List.of()).size()));
        return offsets;
    }

    @Override
    public Map<String, String> topicIds(Collection<String> topics) {
        Map<String, String> ids = new HashMap<>();
        topics.forEach(topic -> ids.put(topic, topic + "-id"));
        return ids;
    }

    @Override
    public boolean exists(String topic) {
        return logs.keySet().stream().anyMatch(partition -> partition.topic().equals(topic));
    }

    @Override
    public void tellApplied(Map<TopicPartition, Long> next) {}
}
