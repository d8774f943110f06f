package io.twinlog.capture.mariadb.binlog;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * The events of a transaction that MySQL has packed into one ({@code binlog_transaction_compression}). They are unpacked one by one: the
 * transaction itself may be much larger than the event. Stateless. Source: MySQL, {@code Transaction_payload_event}.
 */
public final class PackedEvents {

    private static final int END = 0;
    private static final int COMPRESSION = 2;
    private static final int ZSTD = 0;
    private static final int NONE = 255;

    private PackedEvents() {}

    /** Gives each event to the taker, in order. They have no checksums of their own. */
    public static void unpack(LogEvent packed, Consumer<LogEvent> taker) {
        LogBytes bytes = packed.bytes();
        int compression = NONE;
        for (int field = bytes.readPacked(); field != END; field = bytes.readPacked()) {
            int length = bytes.readPacked();
            int from = bytes.skip(length);
            if (field == COMPRESSION) {
                compression = new LogBytes(bytes.array(), from, from + length).readPacked();
            }
        }
        if (compression != ZSTD && compression != NONE) {
            throw new TwinlogException(
                    Category.BUG,
                    "The binlog is compressed in a way (" + compression
                            + ") that this Twinlog does not understand. Nothing was skipped. Please report it with the version of"
                            + " the server.");
        }
        InputStream stored = new ByteArrayInputStream(bytes.array(), bytes.position(), bytes.remaining());
        try (InputStream in = compression == ZSTD ? new ZstdInputStreamNoFinalizer(stored) : stored) {
            for (byte[] header = in.readNBytes(LogEvent.HEADER_BYTES);
                    header.length > 0;
                    header = in.readNBytes(LogEvent.HEADER_BYTES)) {
                taker.accept(read(header, in));
            }
        } catch (IOException e) {
            throw new TwinlogException(
                    Category.BUG, "A compressed transaction of the binlog cannot be read: " + e.getMessage(), e);
        }
    }

    private static LogEvent read(byte[] header, InputStream in) throws IOException {
        LogBytes bytes = new LogBytes(header, 0, header.length);
        long seconds = bytes.readLittle(4);
        int type = bytes.readByte();
        long serverId = bytes.readLittle(4);
        int length = (int) bytes.readLittle(4);
        long endOffset = bytes.readLittle(4);
        int flags = (int) bytes.readLittle(2);
        byte[] body = in.readNBytes(length - LogEvent.HEADER_BYTES);
        if (body.length < length - LogEvent.HEADER_BYTES) {
            throw new EOFException("it ends inside an event of type " + type);
        }
        return new LogEvent(type, seconds, serverId, length, endOffset, flags, body);
    }
}
