package io.twinlog.capture.mariadb.binlog;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.SSLSocketFactory;
import com.github.shyiko.mysql.binlog.network.ServerException;
import java.io.EOFException;
import java.io.IOException;
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
 * <p>The library connects, authenticates and frames packets. What else it offers is switched off: it would reconnect by itself and go
 * on after events that it cannot read.
 */
public final class BinlogConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BinlogConnection.class);
    /** The library logs each connection with java.util.logging; held here, for loggers that nobody holds forget their level. */
    private static final java.util.logging.Logger LIBRARY =
            java.util.logging.Logger.getLogger(BinaryLogClient.class.getName());

    private static final long QUEUE_BYTES = 16 << 20;
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

    private BinlogConnection(Endpoint endpoint, long serverId, String file, long offset) {
        LIBRARY.setLevel(java.util.logging.Level.WARNING);
        client = new BinaryLogClient(endpoint.host(), endpoint.port(), endpoint.user(), endpoint.password());
        client.setServerId(serverId);
        client.setBinlogFilename(file);
        client.setBinlogPosition(offset);
        // What is verified is the factory's affair; the mode says only that nothing goes in the clear.
        client.setSSLMode(endpoint.tls() == null ? SSLMode.DISABLED : SSLMode.REQUIRED);
        client.setSslSocketFactory(endpoint.tls());
        client.setKeepAlive(false);
        client.setUseNonGracefulDisconnect(true);
        client.setConnectTimeout(CONNECT_PATIENCE.toMillis());
        client.setHeartbeatInterval(HEARTBEAT.toMillis());
        client.setNetWriteTimeout(PATIENCE_WITH_US.toSeconds());
        client.setEventDeserializer(new RawEvents());
        client.registerEventListener(event -> take(event.getData()));
        client.registerLifecycleListener(new Lifecycle());
        thread = new Thread(this::receive, "twinlog-binlog");
        thread.setDaemon(true);
    }

    /**
     * Connects and asks for the events behind a place. Whether the server can serve them shows with the first events.
     *
     * @param serverId as whom we ask; the server ends an older connection with the same one
     */
    public static BinlogConnection open(Endpoint endpoint, long serverId, String file, long offset)
            throws IOException, SQLException, InterruptedException {
        BinlogConnection connection = new BinlogConnection(endpoint, serverId, file, offset);
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

    private void take(RawEvents.Raw raw) {
        lastHeard = System.nanoTime();
        try {
            queue.put(raw.event());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.fail(e);
        }
    }

    private final class Lifecycle implements BinaryLogClient.LifecycleListener {

        @Override
        public void onConnect(BinaryLogClient connected) {
            begun.countDown();
        }

        @Override
        public void onCommunicationFailure(BinaryLogClient failed, Exception failure) {
            queue.fail(failure);
        }

        /** The library would go on with the next event. */
        @Override
        public void onEventDeserializationFailure(BinaryLogClient failed, Exception failure) {
            queue.fail(failure);
            disconnect();
        }

        @Override
        public void onDisconnect(BinaryLogClient disconnected) {
            queue.fail(new EOFException("The server ended the connection"));
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
