package io.twinlog.schemas.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array with Avro's binary encoding on top. Reusable through {@link #reset()}; not thread-safe. */
public final class AvroOutput {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] buffer;
    private int size;

    public AvroOutput(int initialBytes) {
        buffer = new byte[Math.max(16, initialBytes)];
    }

    public void reset() {
        size = 0;
    }

    public int size() {
        return size;
    }

    /** Forgets everything behind {@code newSize} bytes. */
    public void truncate(int newSize) {
        size = newSize;
    }

    /** The backing array; valid up to {@link #size()} and until the next write. */
    public byte[] buffer() {
        return buffer;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    public byte[] toBytes(int from, int to) {
        return Arrays.copyOfRange(buffer, from, to);
    }

    /** Makes room for {@code bytes} more and returns the position where they start, already counted as written. */
    public int reserve(int bytes) {
        ensure(bytes);
        int at = size;
        size += bytes;
        return at;
    }

    public void ensure(int bytes) {
        if (buffer.length - size < bytes) {
            grow(bytes);
        }
    }

    private void grow(int bytes) {
        long wanted = Math.max((long) buffer.length * 2, (long) size + bytes);
        if ((long) size + bytes > Integer.MAX_VALUE - 16) {
            throw new IllegalStateException("An event of more than 2 GiB cannot be encoded");
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 16));
    }

    public void writeByte(int value) {
        ensure(1);
        buffer[size++] = (byte) value;
    }

    public void writeRaw(byte[] bytes) {
        writeRaw(bytes, 0, bytes.length);
    }

    public void writeRaw(byte[] bytes, int offset, int length) {
        ensure(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    public void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    /** Avro int and long: zigzag, 7 bits per byte, least significant first. */
    public void writeLong(long value) {
        ensure(10);
        long zigzag = (value << 1) ^ (value >> 63);
        if (zigzag >>> 7 == 0) {
            buffer[size++] = (byte) zigzag;
        } else if (zigzag >>> 56 == 0) {
            writeUpTo8(zigzag);
        } else {
            writeGroups(zigzag);
        }
    }

    /** Idea: the groups of 7 bits are moved apart to bytes all at once, without a branch for each. */
    private void writeUpTo8(long zigzag) {
        long wide = zigzag & 0xFFF_FFFFL | (zigzag & 0xFF_FFFF_F000_0000L) << 4;
        wide = wide & 0x3FFF_0000_3FFFL | (wide & 0xFFF_C000_0FFF_C000L) << 2;
        wide = wide & 0x7F_007F_007F_007FL | (wide & 0x3F80_3F80_3F80_3F80L) << 1;
        int bytes = (70 - Long.numberOfLeadingZeros(zigzag)) / 7;
        long more = 0x8080_8080_8080_8080L & (1L << 8 * (bytes - 1)) - 1;
        LONGS.set(buffer, size, wide | more);
        size += bytes;
    }

    private void writeGroups(long zigzagged) {
        long zigzag = zigzagged;
        byte[] b = buffer;
        int at = size;
        while ((zigzag & ~0x7FL) != 0) {
            b[at++] = (byte) (zigzag | 0x80);
            zigzag >>>= 7;
        }
        b[at++] = (byte) zigzag;
        size = at;
    }

    public void writeFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int at = reserve(4);
        buffer[at] = (byte) bits;
        buffer[at + 1] = (byte) (bits >>> 8);
        buffer[at + 2] = (byte) (bits >>> 16);
        buffer[at + 3] = (byte) (bits >>> 24);
    }

    public void writeDouble(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int at = reserve(8);
        for (int i = 0; i < 8; i++) {
            buffer[at + i] = (byte) (bits >>> (8 * i));
        }
    }

    /** Avro bytes and, where the bytes are UTF-8, Avro string: length, then the bytes. */
    public void writeBytes(byte[] bytes, int offset, int length) {
        writeLong(length);
        writeRaw(bytes, offset, length);
    }

    public void writeBytes(byte[] bytes) {
        writeBytes(bytes, 0, bytes.length);
    }

    public void writeString(String text) {
        writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
