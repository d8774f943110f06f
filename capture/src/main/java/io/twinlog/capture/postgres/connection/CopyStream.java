package io.twinlog.capture.postgres.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The walsender's stream: messages of the log and keep-alives in, feedback out. {@link #next} belongs to one thread; {@link
 * #confirm} and {@link #close} to any.
 */
public final class CopyStream implements AutoCloseable {

    /** What {@link #next} found. */
    public enum Kind {
        /** A message of the log: see {@link #buffer()}, {@link #offset()}, {@link #length()}, {@link #lsn()}. */
        LOG,
        /** The source's position: see {@link #walEnd()}, {@link #replyRequested()}. */
        KEEPALIVE,
        /** Nothing for a while. */
        IDLE
    }

    private static final Logger LOG = LoggerFactory.getLogger(CopyStream.class);
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int LOG_HEADER_BYTES = 25;
    private static final int KEEPALIVE_BYTES = 18;
    private static final int BEGIN_BYTES = 21;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final MessageFramer framer = new MessageFramer(BUFFER_BYTES);
    private final GulpPacer pacer = new GulpPacer();
    private final Feedback feedback;
    private final SourceWatch watch;
    private long lsn;
    private long walEnd;
    private boolean replyRequested;

    private CopyStream(Socket socket, InputStream in, OutputStream out, long position, SourceWatch watch, String name) {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.watch = watch;
        this.feedback = new Feedback(out, position, name + "-feedback");
    }

    /** Sends START_REPLICATION and waits for the server to enter copy-both mode. */
    static CopyStream start(
            Socket socket, String command, long position, SourceWatch watch, String name, int idleMillis)
            throws IOException, SQLException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        sendQuery(out, command);
        MessageFramer framer = new MessageFramer(8 * 1024);
        socket.setSoTimeout(idleMillis);
        while (true) {
            while (framer.next()) {
                switch (framer.type()) {
                    case 'W' -> {
                        watch.heard();
                        return new CopyStream(socket, in, out, position, watch, name).continuing(framer);
                    }
                    case 'E' -> throw ServerMessage.read(framer.copy()).exception();
                    case 'N' ->
                        LOG.info("Source: {}", ServerMessage.read(framer.copy()).text());
                    default -> LOG.debug("Ignored message {}", (char) framer.type());
                }
            }
            try {
                framer.fill(in);
            } catch (SocketTimeoutException e) {
                // Walking the log to the slot's position may take long on a busy server.
                var unused = watch.idle(System.nanoTime());
            }
        }
    }

    private static void sendQuery(OutputStream out, String command) throws IOException {
        byte[] text = command.getBytes(StandardCharsets.UTF_8);
        int size = text.length + 5;
        byte[] message = new byte[size + 1];
        message[0] = 'Q';
        message[1] = (byte) (size >>> 24);
        message[2] = (byte) (size >>> 16);
        message[3] = (byte) (size >>> 8);
        message[4] = (byte) size;
        System.arraycopy(text, 0, message, 5, text.length);
        out.write(message);
        out.flush();
    }

    private CopyStream continuing(MessageFramer started) {
        framer.take(started);
        return this;
    }

    /**
     * The next message; waits at most the idle time of the stream for one.
     *
     * @param dry called before a wait for a source that has caught up, as far as can be seen
     */
    public Kind next(Runnable dry) throws IOException, SQLException {
        while (true) {
            while (framer.next()) {
                switch (framer.type()) {
                    case 'd' -> {
                        return copyData();
                    }
                    case 'E' -> throw ServerMessage.read(framer.copy()).exception();
                    case 'N' ->
                        LOG.info("Source: {}", ServerMessage.read(framer.copy()).text());
                    case 'S' -> LOG.debug("Parameter status");
                    case 'c', 'C', 'Z' -> throw new SQLException("The source ended the stream", "57P01");
                    default -> throw new IOException("Unexpected message '" + (char) framer.type() + "' in the stream");
                }
            }
            try {
                pacer.beforeRead();
                if (!pacer.expectsMore() && in.available() == 0) {
                    dry.run();
                }
                int bytes = framer.fill(in);
                watch.heard();
                pacer.afterRead(bytes, System.nanoTime());
            } catch (SocketTimeoutException e) {
                pacer.idle();
                if (watch.idle(System.nanoTime())) {
                    feedback.ask();
                }
                return Kind.IDLE;
            }
        }
    }

    private Kind copyData() throws IOException {
        byte[] b = framer.buffer();
        int at = framer.offset();
        int kind = framer.length() > 0 ? b[at] : -1;
        if (kind == 'w' && framer.length() >= LOG_HEADER_BYTES) {
            lsn = readLong(b, at + 1);
            ageOf(b, at);
            return Kind.LOG;
        }
        if (kind == 'k' && framer.length() >= KEEPALIVE_BYTES) {
            walEnd = readLong(b, at + 1);
            replyRequested = b[at + 17] != 0;
            feedback.received(walEnd);
            if (replyRequested) {
                feedback.replyNow();
            }
            return Kind.KEEPALIVE;
        }
        throw new IOException("Unexpected copy data '" + (char) kind + "' in the stream");
    }

    /**
     * A Begin tells when its transaction was committed, the header before it when it was sent, both by the source's clock in microseconds.
     * What is streamed is not committed yet, so nobody waits for it.
     */
    private void ageOf(byte[] b, int at) {
        int message = at + LOG_HEADER_BYTES;
        int length = framer.length() - LOG_HEADER_BYTES;
        if (length >= BEGIN_BYTES && b[message] == 'B') {
            pacer.age(readLong(b, at + 17) - readLong(b, message + 9));
        } else if (length > 0 && b[message] == 'S') {
            pacer.age(Long.MAX_VALUE);
        }
    }

    private static long readLong(byte[] b, int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (b[at + i] & 0xFF);
        }
        return value;
    }

    /** The buffer with the log message; valid until the next {@link #next}. */
    public byte[] buffer() {
        return framer.buffer();
    }

    public int offset() {
        return framer.offset() + LOG_HEADER_BYTES;
    }

    public int length() {
        return framer.length() - LOG_HEADER_BYTES;
    }

    public long lsn() {
        return lsn;
    }

    public long walEnd() {
        return walEnd;
    }

    public boolean replyRequested() {
        return replyRequested;
    }

    /** How often reading paused to let a backlog come in gulps. */
    public long pauses() {
        return pacer.pauses();
    }

    /** Everything before {@code position} was received; sent with the next feedback. */
    public void received(long position) {
        feedback.received(position);
    }

    /** The source may forget everything before {@code position}. */
    public void confirm(long position) {
        feedback.confirm(position);
    }

    @Override
    public void close() {
        feedback.close();
        try (socket) {
            // CopyDone, then Terminate: the walsender releases the slot at once.
            out.write(new byte[] {'c', 0, 0, 0, 4, 'X', 0, 0, 0, 4});
            out.flush();
        } catch (IOException e) {
            LOG.debug("The connection was gone already", e);
        }
    }
}
