package io.twinlog.connect.sink.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Topics;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.registry.SchemaTopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What Debezium's reader and ours have made of one log, and how that is compared. */
final class TwoReaders {

    private TwoReaders() {}

    /**
     * An event in a form that both readers' can be brought to.
     *
     * @param rest what else must be the same
     */
    record Seen(
            String table, Operation operation, Map<String, String> before, Map<String, String> after, Object rest) {}

    /** All events of a replication of ours, in order. */
    static List<XlogEvent> ours(String replication) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", Servers.kafka()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try (SchemaTopicReader schemas = new SchemaTopicReader(consumer, replication + ".schemas")) {
            EventDecoder decoder = new EventDecoder(schemas);
            return new Topics(replication)
                    .events().stream()
                            .map(record -> decoder.decode(
                                    new TopicPartition(record.topic(), record.partition()),
                                    record.offset(),
                                    record.key(),
                                    record.value()))
                            .sorted(Comparator.comparing(XlogEvent::id))
                            .toList();
        }
    }

    /**
     * Every event must be the same, in the same order within its table, but for values of known types.
     *
     * @param type of a column; its name where its values must be the same
     * @param known types of which Debezium changes some values, and does so here
     */
    static void assertSame(List<Seen> ours, List<Seen> theirs, UnaryOperator<String> type, List<String> known) {
        Map<String, List<Seen>> ourTables = byTable(ours);
        Map<String, List<Seen>> theirTables = byTable(theirs);
        assertThat(theirTables.keySet()).isEqualTo(ourTables.keySet());
        Map<String, String> differences = new TreeMap<>();
        ourTables.forEach((table, events) -> {
            List<Seen> others = theirTables.get(table);
            assertThat(others.stream().map(Seen::operation).toList())
                    .as(table)
                    .isEqualTo(events.stream().map(Seen::operation).toList());
            for (int i = 0; i < events.size(); i++) {
                compare(events.get(i).before(), others.get(i).before(), type, differences);
                compare(events.get(i).after(), others.get(i).after(), type, differences);
                assertThat(others.get(i).rest())
                        .as("the rest of " + events.get(i))
                        .isEqualTo(events.get(i).rest());
            }
        });
        assertThat(differences.keySet()).as(differences.toString()).isEqualTo(new TreeSet<>(known));
    }

    private static void compare(
            Map<String, String> ours,
            Map<String, String> theirs,
            UnaryOperator<String> type,
            Map<String, String> differences) {
        assertThat(theirs == null).isEqualTo(ours == null);
        if (ours == null) {
            return;
        }
        assertThat(theirs.keySet()).isEqualTo(ours.keySet());
        ours.forEach((column, value) -> {
            if (!Objects.equals(value, theirs.get(column))) {
                differences.merge(type.apply(column), value + " as " + theirs.get(column), (a, b) -> a + ", " + b);
            }
        });
    }

    private static Map<String, List<Seen>> byTable(List<Seen> events) {
        Map<String, List<Seen>> tables = new TreeMap<>();
        events.forEach(event -> tables.computeIfAbsent(event.table(), table -> new ArrayList<>())
                .add(event));
        return tables;
    }

    /** The section of a document about what Debezium changes must name each type. */
    static void assertDocumented(String page, String nextHeading, List<String> types) throws IOException {
        String text = Files.readString(Path.of("..", "docs", page));
        String section = text.substring(text.indexOf("# What Debezium's reader changes"), text.indexOf(nextHeading));
        assertThat(types).allSatisfy(type -> assertThat(section).contains("`" + type + "`"));
    }
}
