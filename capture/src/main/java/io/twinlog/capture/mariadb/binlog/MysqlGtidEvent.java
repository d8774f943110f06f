package io.twinlog.capture.mariadb.binlog;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The head of a transaction in MySQL's log. Immutable. Source: MySQL, libs/mysql/binlog/event/control_events.cpp ({@code Gtid_event});
 * for the form with a tag, libs/mysql/serialization/readme.md.
 *
 * @param anonymous the server has no GTIDs
 * @param server UUID of the server that first made it
 * @param tag empty for none
 * @param committedMicros when that server committed it, microseconds since 1970; 0 if the log does not tell
 */
public record MysqlGtidEvent(boolean anonymous, String server, String tag, long sequence, long committedMicros) {

    private static final int TIMES = 2;
    private static final long HAS_ORIGINAL = 1L << 55;
    private static final int UUID_BYTES = 16;

    private static final int FIELD_UUID = 1;
    private static final int FIELD_SEQUENCE = 2;
    private static final int FIELD_TAG = 3;
    private static final int FIELD_IMMEDIATE = 6;
    private static final int FIELD_ORIGINAL = 7;

    public static MysqlGtidEvent read(LogEvent event) {
        return event.type() == LogEvent.GTID_TAGGED_MYSQL ? readTagged(event.bytes()) : readPlain(event);
    }

    private static MysqlGtidEvent readPlain(LogEvent event) {
        LogBytes bytes = event.bytes();
        int ignoredFlags = bytes.skip(1);
        String server = uuid(bytes.readBig(8), bytes.readBig(8));
        long sequence = bytes.readLittle(8);
        long micros = 0;
        if (bytes.remaining() > 0 && bytes.readByte() == TIMES) {
            int ignoredLogicalClock = bytes.skip(16);
            if (bytes.remaining() >= 7) {
                micros = bytes.readLittle(7);
                if ((micros & HAS_ORIGINAL) != 0) {
                    micros = bytes.readLittle(7);
                }
            }
        }
        return new MysqlGtidEvent(event.type() == LogEvent.ANONYMOUS_GTID_MYSQL, server, "", sequence, micros);
    }

    private static MysqlGtidEvent readTagged(LogBytes bytes) {
        long ignoredVersion = unsigned(bytes);
        long ignoredSize = unsigned(bytes);
        long ignoredLastNeeded = unsigned(bytes);
        String server = "";
        String tag = "";
        long sequence = 0;
        long micros = 0;
        long original = 0;
        while (bytes.remaining() > 0) {
            int field = (int) unsigned(bytes);
            switch (field) {
                case FIELD_UUID -> server = uuid(bytes);
                case FIELD_SEQUENCE -> sequence = signed(bytes);
                case FIELD_TAG -> tag = new String(bytes.readBytes((int) unsigned(bytes)), StandardCharsets.US_ASCII);
                case FIELD_IMMEDIATE -> micros = unsigned(bytes);
                case FIELD_ORIGINAL -> original = unsigned(bytes);
                default -> {
                    // All others are numbers, and are not looked at.
                    long ignored = unsigned(bytes);
                }
            }
        }
        if (server.isEmpty() || sequence == 0) {
            throw new TwinlogException(
                    Category.BUG,
                    "A tagged GTID of the binlog is not understood. Nothing was skipped. Please report it with the version"
                            + " of the server.");
        }
        return new MysqlGtidEvent(false, server, tag, sequence, original == 0 ? micros : original);
    }

    private static String uuid(LogBytes bytes) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < UUID_BYTES; i++) {
            long octet = unsigned(bytes);
            high = high << 8 | low >>> 56;
            low = low << 8 | octet;
        }
        return uuid(high, low);
    }

    private static String uuid(long high, long low) {
        return new UUID(high, low).toString();
    }

    /** As many bytes follow the first one as it has ones at its lower end; the number lies above them. */
    private static long unsigned(LogBytes bytes) {
        int first = bytes.readByte();
        int more = Integer.numberOfTrailingZeros(~first);
        if (more >= 8) {
            return bytes.readLittle(8);
        }
        return bytes.readLittle(more) << 7 - more | first >> more + 1;
    }

    /** The sign is the lowest bit. */
    private static long signed(LogBytes bytes) {
        long coded = unsigned(bytes);
        return (coded & 1) == 0 ? coded >>> 1 : -(coded >>> 1) - 1;
    }

    /** {@code uuid}, or {@code uuid:tag}. */
    public String source() {
        return tag.isEmpty() ? server : server + ":" + tag;
    }

    /** {@code uuid:7}, or {@code uuid:tag:7}. */
    public String text() {
        return source() + ":" + sequence;
    }
}
