package io.twinlog.capture.mariadb.binlog;

import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventHeader;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.deserialization.ChecksumType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * In place of the library's deserializers: events as they came, with their checksums verified. So nothing is interpreted, and nothing
 * that is not understood is passed over in silence. Used by the receiving thread.
 */
final class RawEvents extends EventDeserializer {

    private static final int CHECKSUM_BYTES = 4;
    private boolean checksums;

    /** The library's frame around an event of ours. */
    @SuppressWarnings("serial")
    record Raw(LogEvent event) implements EventHeader, EventData {

        @Override
        public long getTimestamp() {
            return event.seconds() * 1000;
        }

        /** Not told, so that the library does not look into it. */
        @Override
        public EventType getEventType() {
            return EventType.UNKNOWN;
        }

        @Override
        public long getServerId() {
            return event.serverId();
        }

        @Override
        public long getHeaderLength() {
            return LogEvent.HEADER_BYTES;
        }

        @Override
        public long getDataLength() {
            return event.body().length;
        }
    }

    @Override
    public void setChecksumType(ChecksumType type) {
        checksums = type != ChecksumType.NONE;
    }

    @Override
    public Event nextEvent(ByteArrayInputStream in) throws IOException {
        byte[] header = in.read(LogEvent.HEADER_BYTES);
        LogBytes bytes = new LogBytes(header, 0, header.length);
        long seconds = bytes.readLittle(4);
        int type = bytes.readByte();
        long serverId = bytes.readLittle(4);
        int length = (int) bytes.readLittle(4);
        long endOffset = bytes.readLittle(4);
        int flags = (int) bytes.readLittle(2);
        byte[] body = in.read(length - LogEvent.HEADER_BYTES);
        if (type == LogEvent.FORMAT_DESCRIPTION) {
            // It always has a checksum, and says before it whether the events of its file have one.
            checksums = body[body.length - CHECKSUM_BYTES - 1] == 1;
            body = Arrays.copyOf(body, body.length - CHECKSUM_BYTES);
        } else if (checksums) {
            body = verified(header, body, type);
        }
        Raw raw = new Raw(new LogEvent(type, seconds, serverId, length, endOffset, flags, body));
        return new Event(raw, raw);
    }

    private static byte[] verified(byte[] header, byte[] body, int type) throws IOException {
        int end = body.length - CHECKSUM_BYTES;
        CRC32 crc = new CRC32();
        crc.update(header);
        crc.update(body, 0, end);
        long stored = new LogBytes(body, end, body.length).readLittle(CHECKSUM_BYTES);
        if (crc.getValue() != stored) {
            throw new IOException(
                    "An event of type " + type + " and " + body.length + " bytes arrived with a wrong checksum");
        }
        return Arrays.copyOf(body, end);
    }
}
