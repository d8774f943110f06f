package io.twinlog.schemas.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A cursor over Avro's binary encoding. Reusable through {@link #reset}; not thread-safe. */
public final class AvroInput {

    private static final int MAX_NUMBER_BYTES = 10;

    private byte[] buffer;
    private int position;
    private int limit;

    public AvroInput(byte[] buffer) {
        this(buffer, 0, buffer.length);
    }

    public AvroInput(byte[] buffer, int offset, int limit) {
        this.buffer = buffer;
        this.position = offset;
        this.limit = limit;
    }

    public AvroInput reset(byte[] newBuffer, int offset, int newLimit) {
        buffer = newBuffer;
        position = offset;
        limit = newLimit;
        return this;
    }

    public byte[] buffer() {
        return buffer;
    }

    public int position() {
        return position;
    }

    public void position(int newPosition) {
        position = newPosition;
    }

    public int remaining() {
        return limit - position;
    }

    public int readByte() {
        require(1);
        return buffer[position++] & 0xFF;
    }

    public boolean readBoolean() {
        return readByte() != 0;
    }

    /** Idea: short enough to be inlined, since most numbers are lengths, branches and small values, one byte long. */
    public long readLong() {
        int at = position;
        if (at < limit && buffer[at] >= 0) {
            position = at + 1;
            int raw = buffer[at];
            return (raw >>> 1) ^ -(raw & 1);
        }
        return readLongNumber();
    }

    private long readLongNumber() {
        int from = position;
        skipLongNumber();
        long raw = 0;
        for (int at = position - 1; at >= from; at--) {
            raw = raw << 7 | (buffer[at] & 0x7F);
        }
        return (raw >>> 1) ^ -(raw & 1);
    }

    /** Moves behind a number. */
    public void skipLong() {
        if (position < limit && buffer[position] >= 0) {
            position++;
        } else {
            skipLongNumber();
        }
    }

    private void skipLongNumber() {
        byte[] bytes = buffer;
        int from = position;
        int end = Math.min(limit, from + MAX_NUMBER_BYTES);
        int at = from;
        while (at < end && bytes[at] < 0) {
            at++;
        }
        position = at;
        if (at == end) {
            require(at - from == MAX_NUMBER_BYTES ? 0 : 1);
            throw new MalformedEventException("A variable-length number is longer than 10 bytes at offset " + from);
        }
        position = at + 1;
    }

    public int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw new MalformedEventException("A number exceeds 32 bits at offset " + position);
        }
        return (int) value;
    }

    public float readFloat() {
        require(4);
        int at = position;
        position += 4;
        return Float.intBitsToFloat((buffer[at] & 0xFF)
                | (buffer[at + 1] & 0xFF) << 8
                | (buffer[at + 2] & 0xFF) << 16
                | (buffer[at + 3] & 0xFF) << 24);
    }

    public double readDouble() {
        require(8);
        long bits = 0;
        for (int i = 7; i >= 0; i--) {
            bits = bits << 8 | (buffer[position + i] & 0xFF);
        }
        position += 8;
        return Double.longBitsToDouble(bits);
    }

    /** Reads a length and checks that so many bytes follow. */
    public int readLength() {
        long length = readLong();
        if (length < 0 || length > remaining()) {
            throw new MalformedEventException("A length of " + length + " does not fit at offset " + position);
        }
        return (int) length;
    }

    public byte[] readBytes() {
        int length = readLength();
        byte[] bytes = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return bytes;
    }

    public String readString() {
        int length = readLength();
        String text = new String(buffer, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    public void skip(int bytes) {
        require(bytes);
        position += bytes;
    }

    public void skipBytes() {
        skip(readLength());
    }

    private void require(int bytes) {
        if (bytes < 0 || bytes > limit - position) {
            throw tooShort(bytes);
        }
    }

    private MalformedEventException tooShort(int bytes) {
        return new MalformedEventException(
                "The record ends at offset " + limit + " where " + bytes + " bytes from " + position + " are expected");
    }
}
