package io.twinlog.capture.mariadb.binlog;

import com.github.shyiko.mysql.binlog.network.ServerException;
import com.github.shyiko.mysql.binlog.network.protocol.ErrorPacket;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * What the server sends once it was asked for its log: answers of one event each, cut into packets where they are long. Gives the bytes
 * of the present answer, and ends with it. Owned by one thread. Source: MySQL internals, "MySQL Packets", "COM_BINLOG_DUMP".
 */
final class PacketInput extends InputStream {

    /** A packet of this length is not the last one of its answer. */
    private static final int FULL = 0xFF_FFFF;

    private static final int EVENT = 0;
    private static final int FAILURE = 0xFF;
    private static final int END = 0xFE;

    private final InputStream in;
    private final byte[] one = new byte[1];
    private int left;
    private boolean goesOn;

    /** @param in is read in small pieces */
    PacketInput(InputStream in) {
        this.in = in;
    }

    /**
     * Begins the next answer.
     *
     * @return false if the server has ended the stream
     * @throws ServerException what the server says instead of an event
     * @throws IOException also where the answer before has bytes that nobody has read
     */
    boolean next() throws IOException {
        while (left == 0 && goesOn) {
            // An answer that fills its last packet is followed by an empty one.
            header(required());
        }
        if (left > 0) {
            throw new IOException("An event of the binlog is shorter than the packet that it came in");
        }
        int first = in.read();
        if (first < 0) {
            return false;
        }
        header(first);
        int marker = read();
        if (marker == FAILURE) {
            ErrorPacket error = new ErrorPacket(readAllBytes());
            throw new ServerException(error.getErrorMessage(), error.getErrorCode(), error.getSqlState());
        }
        if (marker != EVENT && marker != END) {
            throw new IOException("The server sends something else than events of its binlog (" + marker + ")");
        }
        return marker == EVENT;
    }

    private void header(int first) throws IOException {
        left = first | required() << 8 | required() << 16;
        int ignoredNumber = required();
        goesOn = left == FULL;
    }

    private int required() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("The server ended the connection inside an event");
        }
        return value;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        while (left == 0) {
            if (!goesOn) {
                return -1;
            }
            header(required());
        }
        int count = in.read(bytes, from, Math.min(length, left));
        if (count < 0) {
            throw new EOFException("The server ended the connection inside an event");
        }
        left -= count;
        return count;
    }
}
