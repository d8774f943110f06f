package io.twinlog.capture.mariadb.binlog;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;

/** A cursor over bytes of the binlog, whose numbers are little-endian unless said otherwise. Not thread-safe. */
public final class LogBytes {

    /** First bytes of numbers that take more than one. */
    static final int TWO_BYTES = 0xFC;

    static final int EIGHT_BYTES = 0xFE;

    private final byte[] bytes;
    private final int end;
    private int position;

    public LogBytes(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.position = from;
        this.end = to;
    }

    public byte[] array() {
        return bytes;
    }

    public int position() {
        return position;
    }

    public int remaining() {
        return end - position;
    }

    /** Passes over so many bytes and returns where they began. */
    public int skip(int count) {
        if (count < 0 || count > end - position) {
            throw new TwinlogException(
                    Category.BUG,
                    "An event of the binlog ends where " + count
                            + " more bytes are expected. This Twinlog does not understand"
                            + " the source's log; nothing was skipped. Please report it with the MariaDB version.");
        }
        int at = position;
        position += count;
        return at;
    }

    public int readByte() {
        return bytes[skip(1)] & 0xFF;
    }

    /** An unsigned number of up to 8 bytes. */
    public long readLittle(int count) {
        int at = skip(count);
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** An unsigned number of up to 8 bytes, the highest first. */
    public long readBig(int count) {
        int at = skip(count);
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** A number that takes as many bytes as it needs. */
    public int readPacked() {
        int first = readByte();
        return switch (first) {
            case TWO_BYTES -> (int) readLittle(2);
            case 0xFD -> (int) readLittle(3);
            case EIGHT_BYTES -> Math.toIntExact(readLittle(8));
            default -> first;
        };
    }

    public byte[] readBytes(int count) {
        int at = skip(count);
        return java.util.Arrays.copyOfRange(bytes, at, at + count);
    }

    public String readUtf8(int count) {
        return new String(bytes, skip(count), count, StandardCharsets.UTF_8);
    }
}
