package io.twinlog.capture.publish;

import io.twinlog.schemas.table.FieldNames;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableSchemas;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The versions of tables on the schema topic, the last published of each. Not thread-safe. */
public final class PublishedShapes {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<TableId, TableShape> shapes = new HashMap<>();
    private final Map<TableId, FieldNames> fieldNames = new HashMap<>();

    private PublishedShapes() {}

    /** Reads the schema topic to its end. */
    public static PublishedShapes read(KafkaClients kafka, TopicNames names) {
        PublishedShapes result = new PublishedShapes();
        TopicPartition partition = new TopicPartition(names.schemas(), 0);
        try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (end != null && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    result.take(record.value());
                }
            }
        }
        return result;
    }

    private void take(byte @Nullable [] text) {
        if (text == null) {
            return;
        }
        Schema schema = new Schema.Parser().parse(new String(text, StandardCharsets.UTF_8));
        if (schema.getType() == Schema.Type.RECORD && schema.getName().equals("Envelope")) {
            TableShape shape = TableSchemas.shapeOf(schema);
            shapes.put(shape.id(), shape);
            fieldNames(shape.id()).remember(schema);
        }
    }

    /** The version of a table that was published last, or null. */
    public @Nullable TableShape find(TableId table) {
        return shapes.get(table);
    }

    /** The names that all versions of a table have used; the caller adds those of the versions that it publishes. */
    public FieldNames fieldNames(TableId table) {
        return fieldNames.computeIfAbsent(table, id -> new FieldNames());
    }

    public Set<TableId> tables() {
        return shapes.keySet();
    }
}
