package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.EnvelopeReader;
import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.event.ExactText;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroOutput;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * One version of a table as Debezium describes it, with one of the two kinds of before images; makes xlog events of its change
 * events. Not thread-safe.
 */
final class DebeziumTable {

    private final List<DebeziumValue> columns = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final TableShape shape;
    private final EnvelopeWriter writer;
    private final EnvelopeReader reader;

    DebeziumTable(String replication, SinkRecord sample, ReplicaIdentity identity) {
        Struct envelope = (Struct) sample.value();
        Struct key = sample.key() instanceof Struct given ? given : null;
        if (key == null && operation(envelope) != Operation.TRUNCATE) {
            throw new DataException("Events of " + sample.originalTopic()
                    + " have no key: the table needs a primary key, or Debezium's message.key.columns");
        }
        Struct source = envelope.getStruct("source");
        for (Field field : envelope.schema().field("after").schema().fields()) {
            boolean inKey = key != null && key.schema().field(field.name()) != null;
            columns.add(new DebeziumValue(field.name(), field.schema(), inKey));
            names.add(field.name());
        }
        this.shape = new TableShape(
                source.getString("schema"),
                source.getString("table"),
                identity,
                columns.stream().map(DebeziumValue::shape).toList());
        this.writer = new EnvelopeWriter(replication, "debezium", source.getString("db"), shape);
        this.reader = new EnvelopeReader(writer.schema());
    }

    /** Schemas of the bytes that {@link #event} makes. */
    List<Schema> schemas() {
        return List.of(writer.schema(), writer.keySchema());
    }

    /** The operation of a change event, or null where it is none that changes rows. */
    static @Nullable Operation operation(Struct envelope) {
        String op = envelope.getString("op");
        return op == null || op.length() != 1 || op.equals("m") ? null : Operation.of(op.charAt(0));
    }

    /** An xlog event with this place in the order. */
    XlogEvent event(SinkRecord record, TransactionPrefix transaction, long ordinal) {
        Struct envelope = (Struct) record.value();
        Operation operation = operation(envelope);
        if (operation == null) {
            throw new IllegalArgumentException("A message changes no row");
        }
        boolean truncate = operation == Operation.TRUNCATE;
        Struct before = truncate || operation == Operation.INSERT ? null : envelope.getStruct("before");
        Struct after = truncate || operation == Operation.DELETE ? null : envelope.getStruct("after");
        if (shape.identity() == ReplicaIdentity.KEY && operation == Operation.UPDATE) {
            before = null;
        }
        List<String> unchanged = new ArrayList<>();
        AvroOutput afterImage = new AvroOutput(256);
        List<ExactText> afterTexts = image(afterImage, after, false, unchanged);
        AvroOutput beforeImage = new AvroOutput(256);
        List<ExactText> beforeTexts =
                image(beforeImage, before, shape.identity() == ReplicaIdentity.KEY, new ArrayList<>());
        Struct source = envelope.getStruct("source");
        Long lsn = source.schema().field("lsn") == null ? null : source.getInt64("lsn");
        AvroOutput out = new AvroOutput(512);
        writer.begin(out, operation, ordinal, ordinal, transaction, lsn == null ? 0 : lsn, unchanged, null);
        writer.text(out, beforeTexts);
        writer.text(out, afterTexts);
        append(out, before == null ? null : beforeImage);
        append(out, after == null ? null : afterImage);
        byte[] value = out.toBytes();
        DataEvent data = reader.read(value);
        return new XlogEvent(
                new EventId(transaction.epoch(), transaction.seq(), ordinal),
                data,
                null,
                new TopicPartition(record.originalTopic(), record.originalKafkaPartition()),
                record.originalKafkaOffset(),
                truncate ? null : key((Struct) record.key()),
                value);
    }

    private static void append(AvroOutput out, @Nullable AvroOutput image) {
        if (image == null) {
            out.writeByte(EnvelopeWriter.ABSENT);
        } else {
            out.writeByte(EnvelopeWriter.PRESENT);
            out.writeRaw(image.buffer(), 0, image.size());
        }
    }

    private List<ExactText> image(AvroOutput out, @Nullable Struct row, boolean keyOnly, List<String> unchanged) {
        List<ExactText> texts = new ArrayList<>();
        if (row == null) {
            return texts;
        }
        for (int i = 0; i < columns.size(); i++) {
            DebeziumValue column = columns.get(i);
            String name = names.get(i);
            // Not the column's default where the row holds null.
            Object value = keyOnly && !column.shape().key() ? null : row.getWithoutDefault(name);
            String text = column.exactText(value);
            if (column.isUnavailable(value)) {
                unchanged.add(name);
                value = null;
            } else if (text != null) {
                texts.add(new ExactText(name, text));
                value = null;
            }
            if (value == null) {
                out.writeByte(EnvelopeWriter.ABSENT);
            } else {
                out.writeByte(EnvelopeWriter.PRESENT);
                column.encode(out, value);
            }
        }
        return texts;
    }

    private byte[] key(Struct key) {
        AvroOutput out = new AvroOutput(64);
        writer.keyHeader(out);
        for (int i = 0; i < columns.size(); i++) {
            DebeziumValue column = columns.get(i);
            ColumnShape columnShape = column.shape();
            if (!columnShape.key()) {
                continue;
            }
            Object value = key.get(names.get(i));
            if (value == null) {
                throw new DataException("A key column of " + shape.qualifiedName() + " is null");
            }
            if (columnShape.type().holdsEveryValue() && columnShape.type() != XlogType.TEXT) {
                column.encode(out, value);
            } else {
                out.writeString(
                        DebeziumValue.text(key.schema().field(names.get(i)).schema(), value));
            }
        }
        return out.toBytes();
    }
}
