package io.twinlog.capture.row;

import io.twinlog.schemas.event.EnvelopeWriter;
import io.twinlog.schemas.event.ExactText;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroOutput;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes the rows and keys of one table version. Immutable; safe for many threads. */
public final class RowEncoder {

    private final TableShape shape;
    private final XlogType[] types;
    private final int[] scales;
    private final boolean[] keys;
    private final int[] keyIndexes;

    public RowEncoder(TableShape shape) {
        this.shape = shape;
        List<ColumnShape> columns = shape.columns();
        types = new XlogType[columns.size()];
        scales = new int[columns.size()];
        keys = new boolean[columns.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = columns.get(i).type();
            scales[i] = columns.get(i).scale();
            keys[i] = columns.get(i).key();
        }
        keyIndexes = shape.keyIndexes();
    }

    /**
     * Encodes a row image.
     *
     * @param old where unchanged columns are filled from, or null
     * @param oldIsKey whether {@code old} holds only the key columns
     */
    public void encode(RowBuffer target, Tuple row, @Nullable Tuple old, boolean oldIsKey) {
        checkColumns(row);
        target.reset();
        AvroOutput out = target.image();
        for (int i = 0; i < types.length; i++) {
            byte kind = row.kind(i);
            Tuple source = row;
            if (kind == Tuple.UNCHANGED && old != null && (!oldIsKey || keys[i])) {
                source = old;
                kind = old.kind(i);
            }
            if (kind == Tuple.TEXT) {
                int from = source.offset(i);
                writeValue(target, out, i, source.buffer(), from, from + source.length(i));
            } else {
                out.writeByte(EnvelopeWriter.ABSENT);
                if (kind == Tuple.UNCHANGED) {
                    // Invariant 6: a value that the log did not carry is unchanged, never null.
                    target.unchanged().add(shape.columns().get(i).name());
                }
            }
        }
    }

    /** Encodes an image of which only the key columns are set. */
    public void encodeKeyColumns(RowBuffer target, Tuple row) {
        checkColumns(row);
        target.reset();
        AvroOutput out = target.image();
        for (int i = 0; i < types.length; i++) {
            if (keys[i] && row.kind(i) == Tuple.TEXT) {
                int from = row.offset(i);
                writeValue(target, out, i, row.buffer(), from, from + row.length(i));
            } else {
                out.writeByte(EnvelopeWriter.ABSENT);
            }
        }
    }

    private void writeValue(RowBuffer target, AvroOutput out, int column, byte[] b, int from, int to) {
        int mark = out.size();
        out.writeByte(EnvelopeWriter.PRESENT);
        if (!ValueEncoder.write(out, types[column], scales[column], b, from, to)) {
            out.truncate(mark);
            out.writeByte(EnvelopeWriter.ABSENT);
            String text = new String(b, from, to - from, StandardCharsets.UTF_8);
            target.texts().add(new ExactText(shape.columns().get(column).name(), text));
        }
    }

    /**
     * Appends the Avro body of the row's key.
     *
     * @param old where unchanged columns are filled from, or null
     */
    public void encodeKey(AvroOutput out, Tuple row, @Nullable Tuple old) {
        checkColumns(row);
        for (int i : keyIndexes) {
            Tuple source = row.kind(i) == Tuple.UNCHANGED && old != null ? old : row;
            if (source.kind(i) != Tuple.TEXT) {
                throw new TwinlogException(
                        Category.SCHEMA,
                        "Table " + shape.qualifiedName() + ": a row has no value in the key column '"
                                + shape.columns().get(i).name()
                                + "'. Key columns must be NOT NULL; give the table a primary key, or a replica identity"
                                + " index over NOT NULL columns.");
            }
            int from = source.offset(i);
            int to = from + source.length(i);
            if (types[i].holdsEveryValue()) {
                int mark = out.size();
                if (!ValueEncoder.write(out, types[i], scales[i], source.buffer(), from, to)) {
                    out.truncate(mark);
                    throw new TwinlogException(
                            Category.BUG,
                            "Table " + shape.qualifiedName() + ": a key value is not of the form that the type "
                                    + shape.columns().get(i).sqlType() + " prints");
                }
            } else {
                out.writeBytes(source.buffer(), from, to - from);
            }
        }
    }

    private void checkColumns(Tuple row) {
        if (row.columns() != types.length) {
            throw new TwinlogException(
                    Category.BUG,
                    "Table " + shape.qualifiedName() + ": a row has " + row.columns() + " columns, its description "
                            + types.length);
        }
    }
}
