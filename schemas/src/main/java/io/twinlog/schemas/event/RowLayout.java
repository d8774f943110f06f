package io.twinlog.schemas.event;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.MalformedEventException;
import java.util.List;

/** Finds the columns of a row image. Immutable; safe for many threads. */
public final class RowLayout {

    /** Marks a column that is null in {@link #scan}'s result. */
    public static final int NULL = -1;

    private final XlogType[] types;

    public RowLayout(TableShape shape) {
        List<ColumnShape> columns = shape.columns();
        types = new XlogType[columns.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = columns.get(i).type();
        }
    }

    public int columns() {
        return types.length;
    }

    /**
     * Walks over a row image whose first byte is at the input's position and leaves the input behind it.
     *
     * @param offsets takes for each column the offset of its value (behind the union branch) or {@link #NULL}
     */
    public void scan(AvroInput in, int[] offsets) {
        for (int i = 0; i < types.length; i++) {
            int branch = in.readByte();
            if (branch == EnvelopeWriter.ABSENT) {
                offsets[i] = NULL;
            } else if (branch == EnvelopeWriter.PRESENT) {
                offsets[i] = in.position();
                skip(in, types[i]);
            } else {
                throw new MalformedEventException("Column " + i + " of a row has the union branch " + branch);
            }
        }
    }

    /** Moves the input behind one value. */
    public static void skip(AvroInput in, XlogType type) {
        switch (type) {
            case BOOLEAN -> in.skip(1);
            case INT, LONG, DATE, TIME, TIMESTAMP, LOCAL_TIMESTAMP -> in.skipLong();
            case FLOAT -> in.skip(4);
            case DOUBLE -> in.skip(8);
            case BYTES, TEXT, UUID, DECIMAL -> in.skipBytes();
        }
    }
}
