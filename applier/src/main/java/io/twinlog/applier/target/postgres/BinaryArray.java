package io.twinlog.applier.target.postgres;

import java.util.Arrays;
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

    private byte[] buffer;
    private int size = HEADER;
    private int elements;
    private boolean nulls;
    private final int elementOid;

    @SuppressWarnings("this-escape")
    BinaryArray(Parameter parameter, int expectedElements) {
        this.elementOid = parameter.oid();
        this.buffer = new byte[HEADER + 16 * Math.max(1, expectedElements)];
        setType("_" + parameter.sqlName());
    }

    void addNull() {
        ensure(4);
        putInt(size, -1);
        size += 4;
        elements++;
        nulls = true;
    }

    /** Starts an element of a known length; the caller writes exactly so many bytes. */
    void begin(int length) {
        ensure(4 + length);
        putInt(size, length);
        size += 4;
        elements++;
    }

    void addInt(int value) {
        begin(4);
        putInt(size, value);
        size += 4;
    }

    void addLong(long value) {
        begin(8);
        putInt(size, (int) (value >> 32));
        putInt(size + 4, (int) value);
        size += 8;
    }

    void addBytes(byte[] bytes, int offset, int length) {
        begin(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    void putByte(int value) {
        buffer[size++] = (byte) value;
    }

    void putShort(int value) {
        buffer[size++] = (byte) (value >> 8);
        buffer[size++] = (byte) value;
    }

    private void putInt(int at, int value) {
        buffer[at] = (byte) (value >> 24);
        buffer[at + 1] = (byte) (value >> 16);
        buffer[at + 2] = (byte) (value >> 8);
        buffer[at + 3] = (byte) value;
    }

    private void ensure(int bytes) {
        long wanted = (long) size + bytes;
        if (wanted > buffer.length) {
            if (wanted > Integer.MAX_VALUE - 16) {
                throw new IllegalStateException("A parameter array would exceed 2 GiB");
            }
            buffer =
                    Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(wanted, buffer.length * 2L)));
        }
    }

    int elements() {
        return elements;
    }

    @Override
    public int lengthInBytes() {
        return size;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        putInt(0, 1);
        putInt(4, nulls ? 1 : 0);
        putInt(8, elementOid);
        putInt(12, elements);
        putInt(16, 1);
        System.arraycopy(buffer, 0, bytes, offset, size);
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
