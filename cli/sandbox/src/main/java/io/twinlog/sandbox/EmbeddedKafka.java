package io.twinlog.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A single-node Kafka broker (KRaft, no ZooKeeper) inside this JVM, on the loopback address. Topics are never created by
 * asking for them, and records may have 64 MiB.
 *
 * <p>Its records lie in {@code data} below its directory, with the cluster's identity beside them, and survive
 * {@link #stop()} and {@link #start()}. It cannot be killed alone: for that see {@link KafkaProcess}. What it logs goes to
 * slf4j under {@code kafka} and {@code org.apache.kafka}. Closing deletes the directory if it is a temporary one. All
 * methods may be called from any thread; one at a time takes effect.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final Path directory;
    private final boolean temporary;
    private final KafkaSettings settings;
    private final Thread shutdownHook = new Thread(this::close, "stop-embedded-kafka");
    private @Nullable KafkaRaftServer server;
    private boolean closed;

    private EmbeddedKafka(Builder builder) {
        this.temporary = builder.directory == null;
        this.directory = builder.directory == null
                ? PrivateDirectory.createTemporary("twinlog-kafka-")
                : PrivateDirectory.create(builder.directory);
        this.settings = builder.settings();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts the broker and returns when it takes clients; does nothing when it runs. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("This broker was closed: " + directory);
        }
        if (server != null) {
            return;
        }
        FreePort.require(settings.port(), "Kafka in " + directory);
        Path data = PrivateDirectory.create(directory.resolve("data"));
        KafkaRaftServer starting = null;
        try {
            format(data);
            Map<String, String> properties = settings.properties(data.toString(), FreePort.find());
            starting = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
            starting.startup();
            server = starting;
        } catch (Exception e) {
            if (starting != null) {
                starting.shutdown();
            }
            throw new SandboxException("Kafka did not start in " + directory + " on port " + settings.port(), e);
        }
    }

    /** Stops the broker in good order and keeps its records. */
    public synchronized void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    /** Stops, then starts on the same port. */
    public synchronized void restart() {
        stop();
        start();
    }

    public synchronized boolean isRunning() {
        return server != null;
    }

    public int port() {
        return settings.port();
    }

    /** The value for the clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + settings.port();
    }

    /** Stops the broker and deletes its directory if it is temporary; harmless twice. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        removeShutdownHook();
        try {
            stop();
        } finally {
            if (temporary) {
                PrivateDirectory.delete(directory);
            }
        }
    }

    /** A directory keeps the cluster it was formatted for: the broker refuses to start under another identity. */
    private static void format(Path data) throws Exception {
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setClusterId(clusterId(data))
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(data.toString())
                    .addDirectory(data.toString())
                    .setIgnoreFormatted(true)
                    .run();
        }
    }

    private static String clusterId(Path data) throws IOException {
        Path file = data.resolve("meta.properties");
        if (!Files.exists(file)) {
            return Uuid.randomUuid().toString();
        }
        Properties properties = new Properties();
        try (InputStream stream = Files.newInputStream(file)) {
            properties.load(stream);
        }
        return properties.getProperty("cluster.id", Uuid.randomUuid().toString());
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is leaving: it is the hook that closes.
        }
    }

    /** What a broker shall be; {@link #start()} builds and starts it. */
    public static final class Builder {
        private final Map<String, String> settings = new HashMap<>();
        private @Nullable Path directory;
        private int port;
        private int advertisedPort;
        private boolean shutdownHook = true;

        private Builder() {}

        /** Keeps the records in this directory; without it a temporary one is used and deleted on close. */
        public Builder directory(Path path) {
            this.directory = path.toAbsolutePath().normalize();
            return this;
        }

        /** Listens on this port; 0, the default, takes a free one. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Tells clients to come to this port instead, where a {@link TcpProxy} listens. */
        public Builder advertisedPort(int number) {
            this.advertisedPort = number;
            return this;
        }

        /** Any setting of server.properties; it wins over ours. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** The largest record batch that the broker takes; 64 MiB by default. */
        public Builder messageMaxBytes(int bytes) {
            return setting("message.max.bytes", Integer.toString(bytes));
        }

        /** Installs no shutdown hook, for those who close the broker themselves at the end of their own. */
        public Builder withoutShutdownHook() {
            this.shutdownHook = false;
            return this;
        }

        public EmbeddedKafka start() {
            EmbeddedKafka kafka = new EmbeddedKafka(this);
            try {
                kafka.start();
            } catch (RuntimeException e) {
                kafka.close();
                throw e;
            }
            if (shutdownHook) {
                Runtime.getRuntime().addShutdownHook(kafka.shutdownHook);
            }
            return kafka;
        }

        private KafkaSettings settings() {
            return new KafkaSettings(port == 0 ? FreePort.find() : port, advertisedPort, settings);
        }
    }
}
