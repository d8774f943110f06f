package io.twinlog.capture.postgres.connection;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Arrays;

/**
 * Cuts the server's byte stream into messages without copying them: type byte, 4-byte length that counts itself, body.
 *
 * <p>A message is valid until the next {@link #fill}. A read may end anywhere; what is incomplete stays in the buffer, so a
 * time-out between two reads never loses the frame. The buffer grows for a larger message and shrinks again after it. Not
 * thread-safe.
 */
final class MessageFramer {

    /** More than the largest row that PostgreSQL can send. */
    private static final int LARGEST_MESSAGE = 0x7FFF_0000;

    private static final int MIN_READ = 16 * 1024;

    private final int normalSize;
    private byte[] buffer;
    private int start;
    private int end;
    private int needed = 5;
    private int type;
    private int offset;
    private int length;

    MessageFramer(int normalSize) {
        this.normalSize = normalSize;
        this.buffer = new byte[normalSize];
    }

    /** Moves to the next complete message; false if more bytes are needed. */
    boolean next() throws ProtocolException {
        int available = end - start;
        if (available < 5) {
            needed = 5;
            return false;
        }
        int size = (buffer[start + 1] & 0xFF) << 24
                | (buffer[start + 2] & 0xFF) << 16
                | (buffer[start + 3] & 0xFF) << 8
                | (buffer[start + 4] & 0xFF);
        if (size < 4 || size > LARGEST_MESSAGE) {
            throw new ProtocolException("The server sent a message of " + size + " bytes; framing is lost");
        }
        if (available < size + 1) {
            needed = size + 1;
            return false;
        }
        type = buffer[start];
        offset = start + 5;
        length = size - 4;
        start += size + 1;
        return true;
    }

    /** Reads once and returns the number of bytes. */
    int fill(InputStream in) throws IOException {
        makeRoom();
        int n = in.read(buffer, end, buffer.length - end);
        if (n < 0) {
            throw new EOFException("The source closed the connection");
        }
        end += n;
        return n;
    }

    private void makeRoom() {
        int available = end - start;
        if (available == 0) {
            start = 0;
            end = 0;
            if (buffer.length > normalSize && needed <= normalSize) {
                buffer = new byte[normalSize];
            }
        }
        int room = buffer.length - start;
        if (needed > buffer.length) {
            // Doubling would hold three times a large row; what is asked for is exactly what comes.
            byte[] larger = new byte[needed];
            System.arraycopy(buffer, start, larger, 0, available);
            buffer = larger;
            start = 0;
            end = available;
        } else if (needed > room || buffer.length - end < Math.min(MIN_READ, needed - available)) {
            System.arraycopy(buffer, start, buffer, 0, available);
            start = 0;
            end = available;
        } else if (buffer.length - end < MIN_READ && available < MIN_READ) {
            System.arraycopy(buffer, start, buffer, 0, available);
            start = 0;
            end = available;
        }
    }

    /** Takes over what another framer has read but not handed out. */
    void take(MessageFramer other) {
        int available = other.end - other.start;
        needed = Math.max(5, available);
        makeRoom();
        System.arraycopy(other.buffer, other.start, buffer, end, available);
        end += available;
        other.start = other.end;
    }

    int type() {
        return type;
    }

    byte[] buffer() {
        return buffer;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    byte[] copy() {
        return Arrays.copyOfRange(buffer, offset, offset + length);
    }
}
