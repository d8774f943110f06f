package io.twinlog.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker of {@link EmbeddedKafka} in a child JVM, so that it can be killed and frozen, and started again on the same
 * port and records. What it says goes to {@code broker.log} in its directory. It ends with this JVM. All methods may be
 * called from any thread; one at a time takes effect.
 */
public final class KafkaProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final String READY = "The broker is ready.";

    private final Path directory;
    private final boolean temporary;
    private final int port;
    private final JavaProcess.Builder command;
    private @Nullable JavaProcess process;

    private KafkaProcess(Builder builder) {
        this.temporary = builder.directory == null;
        this.directory = builder.directory == null
                ? PrivateDirectory.createTemporary("twinlog-kafka-")
                : PrivateDirectory.create(builder.directory);
        this.port = builder.port == 0 ? FreePort.find() : builder.port;
        this.command = JavaProcess.of(KafkaProcess.class)
                .heap(builder.heap)
                .systemProperty("logback.configurationFile", "io/twinlog/sandbox/logback-broker.xml")
                .output(directory.resolve("broker.log"))
                .arguments(directory.toString(), Integer.toString(port), Integer.toString(builder.advertisedPort));
        builder.settings.forEach((name, value) -> command.arguments(name + "=" + value));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The child: directory, port and advertised port, then settings as {@code name=value}. Ends in good order on SIGTERM. */
    public static void main(String[] arguments) {
        EmbeddedKafka.Builder builder = EmbeddedKafka.builder()
                .directory(Path.of(arguments[0]))
                .port(Integer.parseInt(arguments[1]))
                .advertisedPort(Integer.parseInt(arguments[2]));
        for (int i = 3; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            builder.setting(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        try {
            builder.start();
            System.out.println(READY);
        } catch (SandboxException e) {
            // Threads of a half-started broker would keep this JVM alive.
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    /** Starts the broker and returns when it takes clients; does nothing when it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        FreePort.require(port, "Kafka in " + directory);
        process = command.start();
        process.awaitOutput("^" + READY, START_LIMIT);
    }

    /** Stops the broker in good order (SIGTERM) and keeps its records. */
    public synchronized void stop() {
        if (process != null) {
            process.terminate();
            process.awaitExit(STOP_LIMIT);
        }
    }

    /** Kills the broker (SIGKILL) and returns when it is gone. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
        }
    }

    /** Stops, then starts on the same port. */
    public synchronized void restart() {
        stop();
        start();
    }

    /** Stops the broker where it stands (SIGSTOP): its connections stay open and nothing answers. */
    public synchronized void freeze() {
        running().freeze();
    }

    /** Lets a frozen broker go on (SIGCONT). */
    public synchronized void thaw() {
        running().thaw();
    }

    public synchronized boolean isRunning() {
        return process != null && process.isRunning();
    }

    public synchronized long pid() {
        return running().pid();
    }

    public int port() {
        return port;
    }

    /** The value for the clients' {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Kills the broker if it still runs and deletes its directory if it is temporary; harmless twice. */
    @Override
    public synchronized void close() {
        kill();
        if (temporary) {
            PrivateDirectory.delete(directory);
        }
    }

    private JavaProcess running() {
        if (process == null || !process.isRunning()) {
            throw new IllegalStateException("This broker does not run: " + directory);
        }
        return process;
    }

    /** What a broker shall be; {@link #start()} builds and starts it. */
    public static final class Builder {
        private final Map<String, String> settings = new HashMap<>();
        private @Nullable Path directory;
        private int port;
        private int advertisedPort;
        private String heap = "768m";

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

        /** The child's largest heap; 768m by default. */
        public Builder heap(String size) {
            this.heap = size;
            return this;
        }

        public KafkaProcess start() {
            KafkaProcess kafka = new KafkaProcess(this);
            try {
                kafka.start();
            } catch (RuntimeException e) {
                kafka.close();
                throw e;
            }
            return kafka;
        }
    }
}
