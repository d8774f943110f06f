package io.twinlog.schemas.event;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.AvroInput;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row image inside the bytes of its record: where each column's value lies, and the values that travel as text.
 * Immutable; holds on to the record's bytes.
 */
public final class RowImage {

    private final TableShape shape;
    private final byte[] bytes;
    private final int[] offsets;
    private final @Nullable String @Nullable [] texts;

    RowImage(TableShape shape, byte[] bytes, int[] offsets, List<ExactText> exactTexts) {
        this.shape = shape;
        this.bytes = bytes;
        this.offsets = offsets;
        if (exactTexts.isEmpty()) {
            texts = null;
        } else {
            texts = new String[offsets.length];
            for (ExactText text : exactTexts) {
                int index = shape.indexOf(text.column());
                if (index >= 0) {
                    texts[index] = text.text();
                }
            }
        }
    }

    private RowImage(TableShape shape, byte[] bytes, int[] offsets, @Nullable String @Nullable [] texts) {
        this.shape = shape;
        this.bytes = bytes;
        this.offsets = offsets;
        this.texts = texts;
    }

    /** The same row with other values, by column index: exact text that the column's type reads, or null for SQL null. */
    public RowImage with(Map<Integer, @Nullable String> values) {
        int[] newOffsets = offsets.clone();
        @Nullable String[] newTexts = texts == null ? new String[offsets.length] : texts.clone();
        values.forEach((column, text) -> {
            newOffsets[column] = RowLayout.NULL;
            newTexts[column] = text;
        });
        return new RowImage(shape, bytes, newOffsets, newTexts);
    }

    public TableShape shape() {
        return shape;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Offset of a column's value in {@link #bytes()}, or {@link RowLayout#NULL} if null or travelling as text. */
    public int offset(int column) {
        return offsets[column];
    }

    /** The exact text of a value that its type cannot hold, or null. */
    public @Nullable String text(int column) {
        return texts == null ? null : texts[column];
    }

    public boolean isNull(int column) {
        return offsets[column] == RowLayout.NULL && text(column) == null;
    }

    /** Whether a column has the same bytes in both images, which must be of the same table version. */
    public boolean sameValue(int column, RowImage other) {
        String mine = text(column);
        String theirs = other.text(column);
        if (mine != null || theirs != null) {
            return mine != null && mine.equals(theirs);
        }
        int a = offsets[column];
        int b = other.offsets[column];
        if (a == RowLayout.NULL || b == RowLayout.NULL) {
            return a == b;
        }
        AvroInput in = new AvroInput(bytes, a, bytes.length);
        RowLayout.skip(in, shape.columns().get(column).type());
        int length = in.position() - a;
        return b + length <= other.bytes.length && Arrays.equals(bytes, a, a + length, other.bytes, b, b + length);
    }

    /**
     * The value as an object, for messages, conflict records and tools, not for the hot path: null, Boolean, Integer,
     * Long, Float, Double, byte[], String (text and uuid), BigDecimal, and for the four time types Integer or Long as
     * they travel; a String where it travels as exact text.
     */
    public @Nullable Object value(int column) {
        String text = text(column);
        if (text != null) {
            return text;
        }
        int offset = offsets[column];
        if (offset == RowLayout.NULL) {
            return null;
        }
        ColumnShape shapeOfColumn = shape.columns().get(column);
        AvroInput in = new AvroInput(bytes, offset, bytes.length);
        return switch (shapeOfColumn.type()) {
            case BOOLEAN -> in.readBoolean();
            case INT, DATE -> in.readInt();
            case LONG, TIME, TIMESTAMP, LOCAL_TIMESTAMP -> in.readLong();
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case BYTES -> in.readBytes();
            case TEXT, UUID -> in.readString();
            case DECIMAL -> new BigDecimal(new BigInteger(in.readBytes()), shapeOfColumn.scale());
        };
    }
}
