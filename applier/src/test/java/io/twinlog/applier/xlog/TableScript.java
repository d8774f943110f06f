package io.twinlog.applier.xlog;

import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.event.ExactText;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.TransactionPrefix;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.AvroOutput;
import io.twinlog.schemas.wire.KeyPartition;
import io.twinlog.schemas.wire.SingleObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Encodes the events of one table version. Rows are arrays in column order; see {@link Exact} and {@link Unchanged}. */
public final class TableScript {

    private final TableShape shape;
    private final String topic;
    private final int partitions;
    private final EnvelopeWriter writer;

    TableScript(String replication, TableShape shape, String topic, int partitions) {
        this.shape = shape;
        this.topic = topic;
        this.partitions = partitions;
        this.writer = new EnvelopeWriter(replication, "test", "source", shape);
    }

    public TableShape shape() {
        return shape;
    }

    public String topic() {
        return topic;
    }

    int partitions() {
        return partitions;
    }

    EnvelopeWriter writer() {
        return writer;
    }

    public byte[] keyBody(Object[] row) {
        AvroOutput out = new AvroOutput(32);
        List<ColumnShape> columns = shape.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).key()) {
                if (columns.get(i).type().holdsEveryValue()) {
                    write(out, columns.get(i), row[i]);
                } else {
                    out.writeString(row[i] instanceof Exact exact ? exact.text() : row[i].toString());
                }
            }
        }
        return out.toBytes();
    }

    public int partition(Object[] row) {
        byte[] body = keyBody(row);
        return KeyPartition.of(body, 0, body.length, partitions);
    }

    byte[] key(Object[] row) {
        AvroOutput out = new AvroOutput(32);
        SingleObject.writeHeader(out, writer.keyFingerprint());
        out.writeRaw(keyBody(row));
        return out.toBytes();
    }

    byte[] value(
            Operation operation,
            long ordinal,
            TransactionPrefix transaction,
            Object[] before,
            Object[] after,
            byte[] linkedKey) {
        AvroOutput out = new AvroOutput(256);
        List<String> unchanged = new ArrayList<>();
        if (after != null) {
            for (int i = 0; i < after.length; i++) {
                if (after[i] == Unchanged.UNCHANGED) {
                    unchanged.add(shape.columns().get(i).name());
                }
            }
        }
        writer.begin(out, operation, ordinal, ordinal, transaction, 1, unchanged, linkedKey);
        writer.text(out, texts(before));
        writer.text(out, texts(after));
        row(out, before);
        row(out, after);
        return out.toBytes();
    }

    private List<ExactText> texts(Object[] row) {
        List<ExactText> texts = new ArrayList<>();
        if (row != null) {
            for (int i = 0; i < row.length; i++) {
                if (row[i] instanceof Exact exact) {
                    texts.add(new ExactText(shape.columns().get(i).name(), exact.text()));
                }
            }
        }
        return texts;
    }

    private void row(AvroOutput out, Object[] row) {
        if (row == null) {
            out.writeByte(EnvelopeWriter.ABSENT);
            return;
        }
        if (row.length != shape.columns().size()) {
            throw new IllegalArgumentException("a row of " + row.length + " values for " + shape);
        }
        out.writeByte(EnvelopeWriter.PRESENT);
        for (int i = 0; i < row.length; i++) {
            if (row[i] == null || row[i] instanceof Exact || row[i] == Unchanged.UNCHANGED) {
                out.writeByte(EnvelopeWriter.ABSENT);
            } else {
                out.writeByte(EnvelopeWriter.PRESENT);
                write(out, shape.columns().get(i), row[i]);
            }
        }
    }

    private static void write(AvroOutput out, ColumnShape column, Object value) {
        switch (column.type()) {
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case INT, LONG, DATE, TIME, TIMESTAMP, LOCAL_TIMESTAMP -> out.writeLong(((Number) value).longValue());
            case FLOAT -> out.writeFloat(((Number) value).floatValue());
            case DOUBLE -> out.writeDouble(((Number) value).doubleValue());
            case BYTES -> out.writeBytes((byte[]) value);
            case TEXT, UUID -> out.writeString(value.toString());
            case DECIMAL ->
                out.writeBytes(new BigDecimal(value.toString())
                        .setScale(column.scale())
                        .unscaledValue()
                        .toByteArray());
        }
    }
}
