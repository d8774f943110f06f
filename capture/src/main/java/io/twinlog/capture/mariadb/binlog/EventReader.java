package io.twinlog.capture.mariadb.binlog;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * Events as they come, with their checksums verified: nothing is interpreted, and nothing that is not understood is passed over in
 * silence. What is packed in an event is unpacked here, so that the packed transaction is nowhere in memory as a whole (invariant 10).
 * Owned by one thread.
 */
final class EventReader {

    /** Gets the events, in order; waits where it has no room. */
    @FunctionalInterface
    interface Taker {
        void take(LogEvent event) throws InterruptedException;
    }

    private static final int CHECKSUM_BYTES = 4;
    private static final byte[] NOTHING = {};

    private final PacketInput in;
    private final boolean unpacks;
    private final Taker taker;
    private final byte[] header = new byte[LogEvent.HEADER_BYTES];
    private final CRC32 crc = new CRC32();
    private boolean checksums;

    /**
     * @param checksums whether the first events have checksums; later ones do as the description of their file says
     * @param unpacks whether events that are packed in others are wanted
     */
    EventReader(PacketInput in, boolean checksums, boolean unpacks, Taker taker) {
        this.in = in;
        this.checksums = checksums;
        this.unpacks = unpacks;
        this.taker = taker;
    }

    /**
     * Waits for an event and hands it over, and those that are packed in it.
     *
     * @return false if the server has ended the stream
     */
    boolean next() throws IOException, InterruptedException {
        if (!in.next()) {
            return false;
        }
        fill(in, header);
        crc.reset();
        crc.update(header);
        int length = LogEvent.length(header) - LogEvent.HEADER_BYTES;
        switch (LogEvent.type(header)) {
            case LogEvent.FORMAT_DESCRIPTION -> description(length);
            case LogEvent.TRANSACTION_PAYLOAD -> payload(length - checksumBytes());
            default -> {
                byte[] body = body(length - checksumBytes());
                crc.update(body);
                verify(body.length);
                taker.take(LogEvent.of(header, body));
            }
        }
        return true;
    }

    private int checksumBytes() {
        return checksums ? CHECKSUM_BYTES : 0;
    }

    /** It always has a checksum, and says before it whether the events of its file have one. */
    private void description(int length) throws IOException, InterruptedException {
        byte[] all = body(length);
        int end = length - CHECKSUM_BYTES;
        checksums = all[end - 1] == 1;
        taker.take(LogEvent.of(header, Arrays.copyOf(all, end)));
    }

    /** Nothing of it is handed over before its checksum is known to be right: what has been sent cannot be taken back. */
    private void payload(int length) throws IOException, InterruptedException {
        CheckedInputStream checked = new CheckedInputStream(in, crc);
        try (InputStream stored = unpacks ? Spill.copy(checked, length) : InputStream.nullInputStream()) {
            if (!unpacks) {
                checked.skipNBytes(length);
            }
            verify(length);
            taker.take(LogEvent.of(header, NOTHING));
            if (unpacks) {
                PackedEvents.unpack(stored, taker);
            }
        }
    }

    private byte[] body(int length) throws IOException {
        if (length < 0) {
            throw new IOException("An event of the binlog is shorter than its own header");
        }
        byte[] body = new byte[length];
        fill(in, body);
        return body;
    }

    private void verify(int length) throws IOException {
        if (!checksums) {
            return;
        }
        long computed = crc.getValue();
        byte[] stored = body(CHECKSUM_BYTES);
        if (computed != new LogBytes(stored, 0, CHECKSUM_BYTES).readLittle(CHECKSUM_BYTES)) {
            throw new IOException("An event of type " + LogEvent.type(header) + " and " + length
                    + " bytes arrived with a wrong checksum");
        }
    }

    /** Reads all bytes of an array. */
    static void fill(InputStream in, byte[] bytes) throws IOException {
        if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
            throw new EOFException("The binlog ends inside an event");
        }
    }
}
