package io.twinlog.applier.target.postgres;

import java.util.Arrays;

/**
 * Values in PostgreSQL's binary form, one behind the other, each behind its length in 4 bytes (-1 for null): the common core of
 * array parameters and of COPY rows. Not thread-safe.
 */
final class ValueBuffer {

    private static final int LARGEST = Integer.MAX_VALUE - 16;

    private byte[] buffer;
    private int size;
    private int values;
    private boolean nulls;

    /**
     * @param header bytes left free at the beginning
     * @param expected size in bytes beyond the header, a guess
     */
    ValueBuffer(int header, int expected) {
        this.size = header;
        this.buffer = new byte[header + expected];
    }

    void addNull() {
        ensure(4);
        putInt(size, -1);
        size += 4;
        values++;
        nulls = true;
    }

    /** Starts a value of a known length; the caller writes exactly so many bytes. */
    void begin(int length) {
        ensure(4 + length);
        putInt(size, length);
        size += 4;
        values++;
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

    /** Appends two bytes that are no value. */
    void addRawShort(int value) {
        ensure(2);
        putShort(value);
    }

    void putInt(int at, int value) {
        buffer[at] = (byte) (value >> 24);
        buffer[at + 1] = (byte) (value >> 16);
        buffer[at + 2] = (byte) (value >> 8);
        buffer[at + 3] = (byte) value;
    }

    private void ensure(int bytes) {
        long wanted = (long) size + bytes;
        if (wanted > buffer.length) {
            if (wanted > LARGEST) {
                throw new IllegalStateException("The values of one statement would exceed 2 GiB");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(LARGEST, Math.max(wanted, buffer.length * 2L)));
        }
    }

    int values() {
        return values;
    }

    boolean hasNulls() {
        return nulls;
    }

    byte[] bytes() {
        return buffer;
    }

    int size() {
        return size;
    }
}
