package io.twinlog.schemas.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A cursor over Avro's binary encoding. Reusable through {@link #reset}; not thread-safe. */
public final class AvroInput {

    private static final int MAX_NUMBER_BYTES = 10;
    private static final long LAST_OF_NUMBER = 0x8080_8080_8080_8080L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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

    /** Idea: eight bytes are looked at together, and their groups of 7 bits moved together, without a branch for each. */
    private long readLongNumber() {
        int from = position;
        if (limit - from >= 8) {
            long bytes = (long) LONGS.get(buffer, from);
            long ends = ~bytes & LAST_OF_NUMBER;
            if (ends != 0) {
                position = from + (Long.numberOfTrailingZeros(ends) >>> 3) + 1;
                long raw = bytes & (ends ^ ends - 1) & ~LAST_OF_NUMBER;
                raw = raw & 0x7F_007F_007F_007FL | (raw & 0x7F00_7F00_7F00_7F00L) >>> 1;
                raw = raw & 0x3FFF_0000_3FFFL | (raw & 0x3FFF_0000_3FFF_0000L) >>> 2;
                raw = raw & 0xFFF_FFFFL | (raw & 0xFFF_FFFF_0000_0000L) >>> 4;
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
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
        if (limit - from >= 8) {
            long ends = ~(long) LONGS.get(bytes, from) & LAST_OF_NUMBER;
            if (ends != 0) {
                position = from + (Long.numberOfTrailingZeros(ends) >>> 3) + 1;
                return;
            }
        }
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
