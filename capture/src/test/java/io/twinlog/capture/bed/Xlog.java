package io.twinlog.capture.bed;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.control.PartitionCount;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.EnvelopeReader;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.SchemaTopicReader;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.KeyPartition;
import io.twinlog.schemas.wire.SingleObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a replication as a reader sees them who trusts nothing: repetitions must be identical, numbers dense, counts
 * right, each event in the partition of its key.
 */
public final class Xlog {

    /** A transaction put back together. */
    public record Transaction(ControlRecord begin, @Nullable ControlRecord end, List<DataEvent> events) {}

    private final Replicated source;
    private final TopicNames names;
    private final List<ControlRecord> control = new ArrayList<>();
    private final SortedMap<EventId, DataEvent> events = new TreeMap<>();
    private final Map<EventId, TopicPartition> places = new HashMap<>();
    private long repetitions;

    private Xlog(Replicated source) {
        this.source = source;
        this.names = new TopicNames(source.name());
    }

    /** Reads all topics to their ends. */
    public static Xlog read(Replicated source) {
        Xlog xlog = new Xlog(source);
        try (KafkaConsumer<byte[], byte[]> consumer = xlog.consumer();
                SchemaTopicReader schemas = new SchemaTopicReader(xlog.consumer(), xlog.names.schemas())) {
            xlog.readControl(consumer);
            xlog.readData(consumer, schemas);
        }
        return xlog;
    }

    /** Reads again and again until the condition holds. */
    public static Xlog await(Replicated source, Predicate<Xlog> condition) {
        Xlog[] found = new Xlog[1];
        Awaitility.await("events")
                .atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ofMillis(50))
                .until(() -> {
                    found[0] = read(source);
                    return condition.test(found[0]);
                });
        return found[0];
    }

    /** Waits until everything that is committed now is on the topics. */
    public static Xlog awaitBarrier(Source source) {
        String token = "b" + System.nanoTime();
        source.value("SELECT pg_logical_emit_message(true, 'twinlog', '" + token + "')::text");
        Awaitility.await("barrier")
                .atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ofMillis(50))
                .until(() -> {
                    Xlog tail = new Xlog(source);
                    try (KafkaConsumer<byte[], byte[]> consumer = tail.consumer()) {
                        tail.readControl(consumer);
                    }
                    return tail.control.stream().anyMatch(r -> token.equals(r.detail("token")));
                });
        // An END may be stored a moment before the events that it counts.
        return await(source, Xlog::holdsWhatItCounts);
    }

    /** Whether every event that a valid END counts is there: an END may be stored before them. */
    public boolean holdsWhatItCounts() {
        SortedMap<Long, Long> firstSeq = firstSeqByEpoch();
        return control(ControlKind.END).stream()
                .filter(end -> !isVoid(end, firstSeq))
                .allMatch(end -> events.subMap(
                                        new EventId(end.epoch(), end.seq(), 1),
                                        new EventId(end.epoch(), end.seq(), end.events() + 1))
                                .size()
                        == end.events());
    }

    private SortedMap<Long, Long> firstSeqByEpoch() {
        SortedMap<Long, Long> firstSeq = new TreeMap<>();
        control(ControlKind.EPOCH).forEach(record -> firstSeq.put(record.epoch(), record.seq()));
        return firstSeq;
    }

    private static boolean isVoid(ControlRecord record, SortedMap<Long, Long> firstSeqByEpoch) {
        return firstSeqByEpoch.tailMap(record.epoch() + 1).values().stream().anyMatch(s -> record.seq() >= s);
    }

    /** Waits until the control log holds so many records of a kind. */
    public static void awaitControl(Replicated source, ControlKind kind, long count) {
        Awaitility.await("control records")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    Xlog tail = new Xlog(source);
                    try (KafkaConsumer<byte[], byte[]> consumer = tail.consumer()) {
                        tail.readControl(consumer);
                    }
                    return tail.control(kind).size() >= count;
                });
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", source.bootstrap());
        properties.put("auto.offset.reset", "none");
        properties.put("enable.auto.commit", "false");
        properties.put("max.poll.records", "5000");
        // Closing waits for the fetch that waits for more records.
        properties.put("fetch.max.wait.ms", "20");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void readControl(KafkaConsumer<byte[], byte[]> consumer) {
        TopicPartition partition = new TopicPartition(names.transactions(), 0);
        if (!consumer.listTopics().containsKey(names.transactions())) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : readAll(consumer, List.of(partition))) {
            control.add(ControlCodec.decode(record.value()));
        }
    }

    private void readData(KafkaConsumer<byte[], byte[]> consumer, SchemaTopicReader schemas) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.listTopics().forEach((topic, infos) -> {
            if (topic.startsWith(source.name() + ".")
                    && topic.chars().filter(c -> c == '.').count() == 2) {
                infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            }
        });
        Map<Long, EnvelopeReader> readers = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : readAll(consumer, partitions)) {
            long fingerprint = SingleObject.readFingerprint(record.value());
            DataEvent event = readers.computeIfAbsent(
                            fingerprint, f -> new EnvelopeReader(schemas.find(SchemaId.fingerprint(f))))
                    .read(record.value());
            TopicPartition place = new TopicPartition(record.topic(), record.partition());
            checkPlace(record, event, (int) partitions.stream()
                    .filter(p -> p.topic().equals(record.topic()))
                    .count());
            DataEvent before = events.put(event.id(), event);
            if (before != null) {
                repetitions++;
                assertThat(describe(event)).as("repetition of " + event.id()).isEqualTo(describe(before));
                assertThat(places.get(event.id())).isEqualTo(place);
            }
            places.put(event.id(), place);
        }
    }

    private static void checkPlace(ConsumerRecord<byte[], byte[]> record, DataEvent event, int partitions) {
        if (event.operation() == Operation.TRUNCATE) {
            assertThat(record.key()).isNull();
            assertThat(record.partition()).isZero();
            return;
        }
        int header = SingleObject.HEADER_BYTES;
        assertThat(record.partition())
                .isEqualTo(KeyPartition.of(record.key(), header, record.key().length - header, partitions));
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        List<ConsumerRecord<byte[], byte[]>> result = new ArrayList<>();
        if (partitions.isEmpty()) {
            return result;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(result::add);
        }
        return result;
    }

    /** All that matters of an event, as text. */
    public static String describe(DataEvent event) {
        return event.operation() + " " + event.shape().qualifiedName() + " " + image(event.before()) + " -> "
                + image(event.after()) + " unchanged " + event.unchanged() + " linked "
                + (event.linkedKey() == null ? "-" : Arrays.toString(event.linkedKey()));
    }

    private static String image(@Nullable RowImage image) {
        return image == null ? "-" : row(image).toString();
    }

    /** Column to value, as text. */
    public static Map<String, @Nullable String> row(RowImage image) {
        Map<String, @Nullable String> row = new LinkedHashMap<>();
        List<ColumnShape> columns = image.shape().columns();
        for (int i = 0; i < columns.size(); i++) {
            Object value = image.value(i);
            String text = value instanceof byte[] bytes ? "\\x" + hex(bytes) : value == null ? null : value.toString();
            row.put(columns.get(i).name(), text);
        }
        return row;
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }

    public List<ControlRecord> control() {
        return control;
    }

    public List<ControlRecord> control(ControlKind kind) {
        return control.stream().filter(record -> record.kind() == kind).toList();
    }

    /** Events in order, without repetitions, and without what a newer epoch has made void. */
    public List<DataEvent> events() {
        return transactions().stream().flatMap(t -> t.events().stream()).toList();
    }

    public List<DataEvent> events(Operation operation) {
        return events().stream().filter(event -> event.operation() == operation).toList();
    }

    public long repetitions() {
        return repetitions;
    }

    /** Complete transactions in order, checked for density and counts. */
    public List<Transaction> transactions() {
        SortedMap<Long, Long> firstSeq = firstSeqByEpoch();
        SortedMap<EventId, ControlRecord> begins = new TreeMap<>();
        Map<EventId, ControlRecord> ends = new HashMap<>();
        for (ControlRecord record : control) {
            EventId id = new EventId(record.epoch(), record.seq(), 0);
            if (isVoid(record, firstSeq)) {
                continue;
            }
            if (record.kind() == ControlKind.BEGIN) {
                ControlRecord before = begins.put(id, record);
                if (before != null) {
                    assertThat(List.of(record.position(), record.timeMicros(), record.details()))
                            .isEqualTo(List.of(before.position(), before.timeMicros(), before.details()));
                }
            } else if (record.kind() == ControlKind.END) {
                ControlRecord before = ends.put(id, record);
                if (before != null) {
                    assertThat(List.of(record.position(), record.events(), record.counts()))
                            .isEqualTo(List.of(before.position(), before.events(), before.counts()));
                }
            }
        }
        List<Transaction> result = new ArrayList<>();
        long expected = 1;
        for (Map.Entry<EventId, ControlRecord> entry : begins.entrySet()) {
            assertThat(entry.getKey().seq()).as("dense seq").isEqualTo(expected++);
            ControlRecord end = ends.get(entry.getKey());
            if (end == null) {
                break;
            }
            result.add(new Transaction(entry.getValue(), end, take(entry.getKey(), end)));
        }
        return result;
    }

    private List<DataEvent> take(EventId id, ControlRecord end) {
        List<DataEvent> taken = new ArrayList<>();
        Map<TopicPartition, Long> counts = new HashMap<>();
        for (long ordinal = 1; ordinal <= end.events(); ordinal++) {
            EventId event = new EventId(id.epoch(), id.seq(), ordinal);
            assertThat(events).as("event " + event).containsKey(event);
            taken.add(events.get(event));
            counts.merge(places.get(event), 1L, Long::sum);
        }
        Map<TopicPartition, Long> promised = new HashMap<>();
        for (PartitionCount count : end.counts()) {
            promised.put(new TopicPartition(count.topic(), count.partition()), count.events());
        }
        assertThat(counts).as("counts of " + id).isEqualTo(promised);
        return taken;
    }

    /** The rows that a target holds that has applied everything: key column's text to row. */
    public Map<String, Map<String, @Nullable String>> replay(String table, String keyColumn) {
        Map<String, Map<String, @Nullable String>> rows = new TreeMap<>();
        for (DataEvent event : events()) {
            if (!event.shape().table().equals(table)) {
                continue;
            }
            switch (event.operation()) {
                case TRUNCATE -> rows.clear();
                case DELETE -> {
                    Map<String, @Nullable String> removed =
                            rows.remove(row(before(event)).get(keyColumn));
                    assertThat(removed)
                            .as("row deleted by " + event.id() + describe(event))
                            .isNotNull();
                }
                case INSERT, SNAPSHOT -> {
                    Map<String, @Nullable String> replaced = rows.put(key(event, keyColumn), row(after(event)));
                    assertThat(replaced)
                            .as("row inserted by " + event.id() + describe(event))
                            .isNull();
                }
                case UPDATE -> {
                    Map<String, @Nullable String> changed = row(after(event));
                    Map<String, @Nullable String> old = rows.get(key(event, keyColumn));
                    assertThat(old)
                            .as("row updated by " + event.id() + describe(event))
                            .isNotNull();
                    event.unchanged().forEach(column -> changed.put(column, old.get(column)));
                    rows.put(key(event, keyColumn), changed);
                }
            }
        }
        return rows;
    }

    private static String key(DataEvent event, String keyColumn) {
        return String.valueOf(row(after(event)).get(keyColumn));
    }

    private static RowImage after(DataEvent event) {
        return java.util.Objects.requireNonNull(event.after());
    }

    private static RowImage before(DataEvent event) {
        return java.util.Objects.requireNonNull(event.before());
    }

    /** The after image's bytes alone, for comparing snapshot and stream. */
    public static ByteBuffer afterBytes(DataEvent event) {
        RowImage image = after(event);
        int last = image.bytes().length;
        // The image is the last field of the envelope, behind its union branch.
        int start = last;
        for (int i = 0; i < image.shape().columns().size(); i++) {
            int offset = image.offset(i);
            if (offset >= 0) {
                start = offset;
                break;
            }
        }
        return ByteBuffer.wrap(image.bytes(), start, last - start).slice();
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
