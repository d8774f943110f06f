package io.twinlog.applier.target.postgres;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A one-dimensional array parameter in PostgreSQL's binary form, written element by element.
 *
 * <p>Source of the format: array_recv in src/backend/utils/adt/arrayfuncs.c: dimensions, has-null flag, element oid, then per
 * dimension length and lower bound, then per element its length (-1 for null) and bytes. Not thread-safe.
 */
final class BinaryArray extends PGobject implements PGBinaryObject {

    private static final long serialVersionUID = 1L;
    private static final int HEADER = 20;

    private final transient ValueBuffer values;
    private final int elementOid;

    @SuppressWarnings("this-escape")
    BinaryArray(Parameter parameter, int expectedElements) {
        this.elementOid = parameter.oid();
        this.values = new ValueBuffer(HEADER, 16 * Math.max(1, expectedElements));
        setType("_" + parameter.sqlName());
    }

    /** Where its elements are written. */
    ValueBuffer values() {
        return values;
    }

    @Override
    public int lengthInBytes() {
        return values.size();
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        values.putInt(0, 1);
        values.putInt(4, values.hasNulls() ? 1 : 0);
        values.putInt(8, elementOid);
        values.putInt(12, values.values());
        values.putInt(16, 1);
        System.arraycopy(values.bytes(), 0, bytes, offset, values.size());
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("parameters are written, never read");
    }

    @Override
    public @Nullable String getValue() {
        throw new IllegalStateException("The driver sends " + type + " as text: binaryTransferEnable lacks its oid");
    }

    @Override
    @SuppressWarnings("EqualsHashCode")
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public Object clone() {
        throw new UnsupportedOperationException("one array, one owner");
    }
}
