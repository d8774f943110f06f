package io.twinlog.capture.mariadb.binlog;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The events of a transaction that MySQL has packed into one ({@code binlog_transaction_compression}). They are unpacked one by one: the
 * transaction itself may be much larger than the event, and than our memory. Stateless. Source: MySQL, {@code
 * Transaction_payload_event}.
 */
final class PackedEvents {

    private static final int END = 0;
    private static final int COMPRESSION = 2;
    private static final int ZSTD = 0;
    private static final int NONE = 255;
    private static final int BUFFER_BYTES = 64 << 10;

    private PackedEvents() {}

    /**
     * Gives each event to the taker, in order. They have no checksums of their own.
     *
     * @param body of the event that holds them
     * @throws TwinlogException BUG if they are packed in a way that is not understood
     */
    static void unpack(InputStream body, EventReader.Taker taker) throws InterruptedException {
        try {
            InputStream packed = new BufferedInputStream(body, BUFFER_BYTES);
            int compression = compression(packed);
            if (compression != ZSTD && compression != NONE) {
                throw new TwinlogException(
                        Category.BUG,
                        "The binlog is compressed in a way (" + compression
                                + ") that this Twinlog does not understand. Nothing was skipped. Please report it with the version"
                                + " of the server.");
            }
            try (InputStream in = compression == NONE
                    ? packed
                    : new BufferedInputStream(new ZstdInputStreamNoFinalizer(packed), BUFFER_BYTES)) {
                byte[] header = new byte[LogEvent.HEADER_BYTES];
                for (int count = in.readNBytes(header, 0, header.length);
                        count > 0;
                        count = in.readNBytes(header, 0, header.length)) {
                    taker.take(read(header, count, in));
                }
            }
        } catch (IOException e) {
            throw new TwinlogException(
                    Category.BUG, "A compressed transaction of the binlog cannot be read: " + e.getMessage(), e);
        }
    }

    private static int compression(InputStream in) throws IOException {
        int compression = NONE;
        for (int field = packed(in); field != END; field = packed(in)) {
            byte[] value = new byte[packed(in)];
            EventReader.fill(in, value);
            if (field == COMPRESSION) {
                compression = new LogBytes(value, 0, value.length).readPacked();
            }
        }
        return compression;
    }

    /** A number that takes as many bytes as it needs, as {@link LogBytes#readPacked} reads it. */
    private static int packed(InputStream in) throws IOException {
        byte[] bytes = new byte[Long.BYTES + 1];
        int first = in.read();
        int more = first < LogBytes.TWO_BYTES ? 0 : first == LogBytes.EIGHT_BYTES ? 8 : first - LogBytes.TWO_BYTES + 2;
        bytes[0] = (byte) first;
        if (first < 0 || in.readNBytes(bytes, 1, more) < more) {
            throw new EOFException("it ends before its first event");
        }
        return new LogBytes(bytes, 0, more + 1).readPacked();
    }

    private static LogEvent read(byte[] header, int count, InputStream in) throws IOException {
        int length = count < header.length ? 0 : LogEvent.length(header);
        if (length < LogEvent.HEADER_BYTES) {
            throw new EOFException("it ends inside the header of an event");
        }
        byte[] body = in.readNBytes(length - LogEvent.HEADER_BYTES);
        if (body.length < length - LogEvent.HEADER_BYTES) {
            throw new EOFException("it ends inside an event of type " + LogEvent.type(header));
        }
        return LogEvent.packed(header, body);
    }
}
