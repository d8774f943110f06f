package io.twinlog.schemas;

import org.jspecify.annotations.Nullable;

/**
 * A place in a source's log as a number that orders places, whatever the source: PostgreSQL's LSN ({@code 0/16B3748}), or
 * MariaDB's binlog file and offset ({@code binlog.000003:1234}), the file's number in the upper 32 bits. Compared as unsigned.
 * Stateless.
 */
public final class SourcePosition {

    private static final int OFFSET_BITS = 32;

    private SourcePosition() {}

    /** How a source writes its positions. */
    @FunctionalInterface
    public interface Format {
        String format(long position);
    }

    /** Positions in binlog files of this name, which has its number appended with at least six digits. */
    public static Format binlog(String baseName) {
        return position -> String.format("%s.%06d:%d", baseName, fileNumber(position), offset(position));
    }

    /** A place in a binlog: the number of the file and the offset in it, in bytes. */
    public static long ofBinlog(long fileNumber, long offset) {
        if (fileNumber < 0 || fileNumber >= 1L << 31 || offset < 0 || offset >= 1L << OFFSET_BITS) {
            throw new IllegalArgumentException("No place in a binlog: file " + fileNumber + ", offset " + offset);
        }
        return fileNumber << OFFSET_BITS | offset;
    }

    public static long fileNumber(long binlogPosition) {
        return binlogPosition >>> OFFSET_BITS;
    }

    public static long offset(long binlogPosition) {
        return binlogPosition & 0xFFFF_FFFFL;
    }

    /** The number in the name of a binlog file. */
    public static long numberOf(String binlogFile) {
        return Long.parseLong(binlogFile.substring(binlogFile.lastIndexOf('.') + 1));
    }

    /**
     * Reads a position of any source.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static long parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Lsn.parse(text);
        }
        return ofBinlog(numberOf(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /** Bytes of log from one position to another, or null where that cannot be told: the files between have any length. */
    public static @Nullable Long bytesBetween(String from, String to) {
        long first = parse(from);
        long last = parse(to);
        boolean binlog = from.indexOf(':') >= 0;
        return binlog && fileNumber(first) != fileNumber(last) ? null : Long.valueOf(last - first);
    }

    /** Orders two positions of the same source. */
    public static int compare(String a, String b) {
        return Long.compareUnsigned(parse(a), parse(b));
    }

    /** The later of two positions of the same source; null is before all. */
    public static @Nullable String later(@Nullable String a, @Nullable String b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return compare(a, b) >= 0 ? a : b;
    }
}
