package io.twinlog.capture.mariadb.binlog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** Events and packets as a server writes them. */
final class WrittenEvents {

    private static final int FULL = 0xFF_FFFF;

    private final ByteArrayOutputStream packets = new ByteArrayOutputStream();

    /** An event without checksum. */
    static byte[] event(int type, byte[] body) {
        return ByteBuffer.allocate(LogEvent.HEADER_BYTES + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1_700_000_000)
                .put((byte) type)
                .putInt(7)
                .putInt(LogEvent.HEADER_BYTES + body.length)
                .putInt(0)
                .putShort((short) 0)
                .put(body)
                .array();
    }

    /** The same with one, which its length counts. */
    static byte[] checked(int type, byte[] body) {
        byte[] whole = event(type, java.util.Arrays.copyOf(body, body.length + 4));
        CRC32 crc = new CRC32();
        crc.update(whole, 0, whole.length - 4);
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putInt(whole.length - 4, (int) crc.getValue());
        return whole;
    }

    /** An answer of the server with an event. */
    WrittenEvents answer(byte[] event) {
        return answer(0, event);
    }

    WrittenEvents answer(int marker, byte[] rest) {
        byte[] all = new byte[rest.length + 1];
        all[0] = (byte) marker;
        System.arraycopy(rest, 0, all, 1, rest.length);
        int from = 0;
        int length;
        do {
            length = Math.min(FULL, all.length - from);
            packets.writeBytes(new byte[] {(byte) length, (byte) (length >> 8), (byte) (length >> 16), 0});
            packets.write(all, from, length);
            from += length;
        } while (length == FULL);
        return this;
    }

    byte[] bytes() {
        return packets.toByteArray();
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }
}
