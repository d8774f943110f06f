package io.twinlog.capture.mariadb.binlog;

import static java.util.Objects.requireNonNull;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.deserialization.ChecksumType;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.SSLSocketFactory;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's stream of events, received by a thread of its own into a bounded queue. {@link #next} belongs to one thread, {@link
 * #close} to any.
 *
 * <p>The library connects, authenticates and asks for the log. What follows is read by ourselves, from the same socket: the library would
 * hold an event several times over, reconnect by itself, and go on after events that it cannot read.
 */
public final class BinlogConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BinlogConnection.class);
    /** The library logs each connection with java.util.logging; held here, for loggers that nobody holds forget their level. */
    private static final java.util.logging.Logger LIBRARY =
            java.util.logging.Logger.getLogger(BinaryLogClient.class.getName());

    private static final long QUEUE_BYTES = 16 << 20;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);
    /** An idle server shows every second that it lives. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /** How long the server waits for us to take more, while Kafka takes nothing. */
    private static final Duration PATIENCE_WITH_US = Duration.ofMinutes(10);

    private static final long SILENCE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final String REFUSED = "28000";

    private final BinaryLogClient client;
    private final EventQueue queue = new EventQueue(QUEUE_BYTES);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Thread thread;
    private final boolean unpacks;
    private boolean checksums;
    private volatile @Nullable Socket socket;
    private volatile long lastHeard = System.nanoTime();
    private volatile boolean closed;

    /**
     * Where the server is.
     *
     * @param tls encrypts the connection and verifies the server; null for one in the clear
     */
    public record Endpoint(
            String host,
            int port,
            String user,
            String password,
            @Nullable SSLSocketFactory tls) {

        /** Without the password. */
        @Override
        public String toString() {
            return host + ":" + port + " as " + user;
        }
    }

    private BinlogConnection(Endpoint endpoint, long serverId, String file, long offset, boolean unpacks) {
        this.unpacks = unpacks;
        LIBRARY.setLevel(java.util.logging.Level.WARNING);
        client = new BinaryLogClient(endpoint.host(), endpoint.port(), endpoint.user(), endpoint.password());
        client.setServerId(serverId);
        client.setBinlogFilename(file);
        client.setBinlogPosition(offset);
        // What is verified is the factory's affair; the mode says only that nothing goes in the clear.
        client.setSSLMode(endpoint.tls() == null ? SSLMode.DISABLED : SSLMode.REQUIRED);
        SSLSocketFactory tls = endpoint.tls();
        client.setSslSocketFactory(tls == null ? null : plain -> remember(tls.createSocket(plain)));
        client.setSocketFactory(() -> remember(new Socket()));
        client.setKeepAlive(false);
        client.setUseNonGracefulDisconnect(true);
        client.setConnectTimeout(CONNECT_PATIENCE.toMillis());
        client.setHeartbeatInterval(HEARTBEAT.toMillis());
        client.setNetWriteTimeout(PATIENCE_WITH_US.toSeconds());
        client.setEventDeserializer(new ChecksumQuestion());
        client.registerLifecycleListener(new Lifecycle());
        thread = new Thread(this::receive, "twinlog-binlog");
        thread.setDaemon(true);
    }

    /**
     * Connects and asks for the events behind a place. Whether the server can serve them shows with the first events.
     *
     * @param serverId as whom we ask; the server ends an older connection with the same one
     * @param unpacks whether events that are packed in others are given, behind those
     */
    public static BinlogConnection open(Endpoint endpoint, long serverId, String file, long offset, boolean unpacks)
            throws IOException, SQLException, InterruptedException {
        BinlogConnection connection = new BinlogConnection(endpoint, serverId, file, offset, unpacks);
        connection.thread.start();
        if (!connection.begun.await(2 * CONNECT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            connection.close();
            throw new IOException("No answer from " + endpoint.host() + ":" + endpoint.port());
        }
        Exception failure = connection.queue.failure();
        if (failure != null) {
            connection.close();
            throw thrown(failure);
        }
        return connection;
    }

    private void receive() {
        try {
            client.connect();
            queue.fail(new EOFException("The server ended the stream"));
        } catch (IOException | RuntimeException e) {
            queue.fail(e);
        } finally {
            begun.countDown();
        }
    }

    private <S extends Socket> S remember(S used) {
        socket = used;
        return used;
    }

    /** Takes events off the connection until it ends. */
    private void readEvents() {
        try (Socket line = requireNonNull(socket)) {
            InputStream in = new BufferedInputStream(new Heard(line.getInputStream()), BUFFER_BYTES);
            EventReader reader = new EventReader(new PacketInput(in), checksums, unpacks, queue::put);
            boolean more = true;
            while (more) {
                more = reader.next();
            }
            queue.fail(new EOFException("The server ended the stream"));
        } catch (IOException | RuntimeException e) {
            queue.fail(e);
        } catch (OutOfMemoryError e) {
            // Else it would look like a server that has fallen silent.
            queue.fail(new TwinlogException(
                    Category.CONFIG,
                    "An event of the binlog does not fit into memory: give the process a larger heap (-Xmx)",
                    e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.fail(e);
        }
    }

    /** Notes when the server was heard of last: a long event may take longer than silence is borne. */
    private final class Heard extends FilterInputStream {

        Heard(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int count = super.read(bytes, from, length);
            lastHeard = System.nanoTime();
            return count;
        }
    }

    /** What the library asks the server about checksums is all that is wanted of its deserializer. */
    private final class ChecksumQuestion extends EventDeserializer {

        @Override
        public void setChecksumType(ChecksumType type) {
            checksums = type != ChecksumType.NONE;
        }
    }

    private final class Lifecycle extends BinaryLogClient.AbstractLifecycleListener {

        /** Called by the receiving thread before the library would read the first event. The connection is ours from here to its end. */
        @Override
        public void onConnect(BinaryLogClient connected) {
            begun.countDown();
            readEvents();
        }
    }

    /** An event that has arrived, or null. */
    public @Nullable LogEvent poll() {
        return queue.poll();
    }

    /**
     * Waits a moment for an event; null if none came.
     *
     * @throws SQLException what the server answered
     * @throws IOException if the connection broke or is silent
     */
    public @Nullable LogEvent next(long millis) throws IOException, SQLException, InterruptedException {
        LogEvent event = queue.poll(millis);
        if (event != null) {
            return event;
        }
        Exception failure = queue.failure();
        if (failure != null) {
            throw thrown(failure);
        }
        if (System.nanoTime() - lastHeard > SILENCE_NANOS) {
            throw new IOException("The server has been silent for " + SILENCE_NANOS / 1_000_000_000 + " s");
        }
        return null;
    }

    private static IOException thrown(Exception failure) throws SQLException {
        if (failure instanceof TwinlogException understood) {
            throw understood;
        }
        if (failure instanceof ServerException server) {
            throw new SQLException(server.getMessage(), server.getSqlState(), server.getErrorCode(), failure);
        }
        if (failure instanceof AuthenticationException refused) {
            throw new SQLException(refused.getMessage(), REFUSED, refused.getErrorCode(), failure);
        }
        return new IOException(String.valueOf(failure.getMessage()), failure);
    }

    private void disconnect() {
        try {
            client.disconnect();
        } catch (IOException e) {
            LOG.debug("The connection was gone already", e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        queue.close();
        disconnect();
        thread.interrupt();
        try {
            thread.join(CONNECT_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
