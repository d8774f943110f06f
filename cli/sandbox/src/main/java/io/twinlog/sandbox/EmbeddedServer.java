package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A database server of our own on the loopback address, real and durable.
 *
 * <p>It lives in a directory that one JVM holds at a time ({@code data} below it is the server's data directory,
 * {@code server.log} what it says). A server that a killed JVM left behind there is stopped cleanly and started anew.
 *
 * <p>The server ends with this JVM, also when the JVM is killed, unless built with {@link Builder#outliveJvm()}. Closing
 * deletes the directory if it is a temporary one. All methods may be called from any thread; one at a time takes effect.
 */
public abstract sealed class EmbeddedServer implements AutoCloseable
        permits EmbeddedMariadb, EmbeddedMysql, EmbeddedPostgres {
    static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration RETRY_LIMIT = Duration.ofSeconds(30);
    private static final int PORT_ATTEMPTS = 5;

    private final String name;
    private final String superuser;
    private final Signal stopSignal;
    private final String password;
    private final Path directory;
    private final boolean temporary;
    private final boolean guarded;
    private final boolean portIsFixed;
    private final DirectoryLock lock;
    private final LogFile log;
    private final ServerProcesses processes;
    private final Path data;
    private final Thread shutdownHook;
    private int port;
    private @Nullable Process server;
    private boolean closed;

    /**
     * @param name what messages call it
     * @param stopSignal makes it end in good order, without waiting for its clients
     */
    EmbeddedServer(Builder<?> builder, String name, String superuser, Signal stopSignal) {
        this.name = name;
        this.superuser = superuser;
        this.stopSignal = stopSignal;
        this.password = builder.password;
        this.temporary = builder.directory == null;
        this.directory = builder.directory == null
                ? PrivateDirectory.createTemporary("twinlog-server-")
                : PrivateDirectory.create(builder.directory);
        this.guarded = !builder.outliveJvm;
        this.portIsFixed = builder.port != 0;
        this.port = portIsFixed ? builder.port : FreePort.find();
        this.lock = DirectoryLock.acquire(directory);
        this.log = new LogFile(directory.resolve("server.log"));
        this.processes = new ServerProcesses(name, directory, log);
        this.data = directory.resolve("data");
        this.shutdownHook = new Thread(this::close, "stop-embedded-server");
    }

    /** The server that an earlier JVM left running in this directory, if any; clears what it left behind otherwise. */
    abstract @Nullable Pid left() throws IOException;

    /** Makes the data directory, unless it is complete. */
    abstract void initialiseIfNew() throws IOException, InterruptedException;

    /** Writes the settings for the next start, and returns its command. */
    abstract ProcessBuilder prepared() throws IOException;

    /** @param logEnd where in the log this start begins */
    abstract boolean isReady(Process started, long logEnd);

    /** Whether the server said that its port was taken. */
    abstract boolean foundPortTaken(String said);

    /** Whether the server said that another start, soon, may succeed. */
    boolean mayStartSoon(String said) {
        return false;
    }

    /** The address of a database, without user and password. */
    public abstract String jdbcUrl(String database);

    public abstract void createDatabase(String database);

    /** Starts the server and returns when it takes connections; does nothing when it runs. */
    public final synchronized void start() {
        if (closed) {
            throw new IllegalStateException("This server was closed: " + directory);
        }
        if (isRunning()) {
            return;
        }
        try {
            Pid left = left();
            if (left != null) {
                // We hold the directory, so nobody else wants this server any more.
                processes.end(left, stopSignal);
            }
            initialiseIfNew();
            launch();
        } catch (IOException e) {
            throw new SandboxException(name + " cannot be prepared in " + directory, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("starting " + name + " in " + directory);
        }
    }

    private void launch() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            ProcessBuilder command = prepared();
            long logEnd = log.size();
            Process started = command.start();
            if (guarded) {
                Guard.over(started, stopSignal);
            }
            if (becomesReady(started, logEnd)) {
                server = started;
                return;
            }
            String said = log.since(logEnd);
            if (foundPortTaken(said) && !portIsFixed && attempt < PORT_ATTEMPTS) {
                port = FreePort.find();
            } else if (!mayStartSoon(said) || System.nanoTime() - begun > RETRY_LIMIT.toNanos()) {
                FreePort.require(port, name + " in " + directory);
                throw new SandboxException(name + " did not start in " + directory + " on port " + port + log.quoted());
            }
        }
    }

    /** False when the server ended instead. */
    private boolean becomesReady(Process started, long logEnd) throws InterruptedException {
        long begun = System.nanoTime();
        while (!started.waitFor(10, TimeUnit.MILLISECONDS)) {
            if (isReady(started, logEnd)) {
                return true;
            }
            if (System.nanoTime() - begun > START_LIMIT.toNanos()) {
                processes.kill(new Pid(started.pid()));
                throw new SandboxException(
                        name + " was not ready after " + START_LIMIT.toSeconds() + " s in " + directory + log.quoted());
            }
        }
        return false;
    }

    /** Stops in good order: running transactions are rolled back, clients disconnected, memory written. */
    public final synchronized void stop() {
        stop(stopSignal);
    }

    final synchronized void stop(Signal signal) {
        if (server != null) {
            processes.end(new Pid(server.pid()), signal);
            server = null;
        }
    }

    /**
     * Kills the server and all its processes with SIGKILL, as a crash of its machine would, and returns when the data
     * directory can be started again.
     */
    public final synchronized void kill() {
        if (server != null) {
            processes.kill(new Pid(server.pid()));
            server = null;
        }
    }

    /** Stops, then starts on the same port. */
    public final synchronized void restart() {
        stop();
        start();
    }

    public final synchronized boolean isRunning() {
        return server != null && server.isAlive();
    }

    /** The port of the running server; it stays the same over restarts. */
    public final synchronized int port() {
        return port;
    }

    /** The server's data directory. */
    public final Path dataDir() {
        return data;
    }

    /** Where the server writes what it has to say. */
    public final Path log() {
        return log.path();
    }

    /** The process number of the server's first process. */
    public final synchronized long pid() {
        if (server == null) {
            throw new IllegalStateException("This server does not run: " + directory);
        }
        return server.pid();
    }

    /** The superuser's name. */
    public final String user() {
        return superuser;
    }

    /** The superuser's password; empty when none is needed. */
    public final String password() {
        return password;
    }

    /** A new connection of the superuser; the caller closes it. */
    public final Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), superuser, password);
    }

    /** Runs statements as superuser, each in a transaction of its own. */
    public final void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new SandboxException("A statement failed in database " + database + " at port " + port(), e);
        }
    }

    /** Stops the server, gives the directory back and deletes it if it is temporary; harmless twice. */
    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        removeShutdownHook();
        try {
            if (temporary) {
                // Nothing of it is kept.
                kill();
            } else {
                stop();
            }
        } finally {
            lock.close();
            if (temporary) {
                PrivateDirectory.delete(directory);
            }
        }
    }

    final Path directory() {
        return directory;
    }

    final boolean isTemporary() {
        return temporary;
    }

    final LogFile serverLog() {
        return log;
    }

    /** A command in the server's directory, without the environment variables of the user's other servers. */
    final ProcessBuilder command(List<String> words, String... foreignVariables) {
        ProcessBuilder builder = Detached.command(new ArrayList<>(words))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        builder.environment().keySet().removeIf(variable -> {
            for (String foreign : foreignVariables) {
                if (variable.startsWith(foreign)) {
                    return true;
                }
            }
            return false;
        });
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is leaving: it is the hook that closes.
        }
    }

    /**
     * What a server shall be.
     *
     * @param <B> the builder itself
     */
    public abstract static sealed class Builder<B extends Builder<B>>
            permits EmbeddedMariadb.Builder, EmbeddedMysql.Builder, EmbeddedPostgres.Builder {
        private final Map<String, String> settings = new HashMap<>();
        private @Nullable Path directory;
        private int port;
        private String password = "";
        private boolean outliveJvm;
        private boolean shutdownHook = true;

        Builder() {}

        abstract B self();

        final Map<String, String> settings() {
            return settings;
        }

        /** Keeps the server in this directory; without it a temporary one is used and deleted on close. */
        public final B directory(Path path) {
            this.directory = path.toAbsolutePath().normalize();
            return self();
        }

        /** Listens on this port; 0, the default, takes a free one. */
        public final B port(int number) {
            this.port = number;
            return self();
        }

        /** Any setting of the server's configuration file; it wins over ours. */
        public final B setting(String name, String value) {
            settings.put(name, value);
            return self();
        }

        /** Gives the superuser this password, and asks every connection for one. */
        public final B password(String secret) {
            this.password = secret;
            return self();
        }

        /** Leaves the server running when this JVM ends without closing it. */
        public final B outliveJvm() {
            this.outliveJvm = true;
            return self();
        }

        /**
         * Installs no shutdown hook, for those who close the server themselves at the end of their own: hooks run at the
         * same time. When they do not get there, the server stops right after the JVM's end.
         */
        public final B withoutShutdownHook() {
            this.shutdownHook = false;
            return self();
        }

        final <S extends EmbeddedServer> S started(S server) {
            try {
                server.start();
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
            if (shutdownHook && !outliveJvm) {
                Runtime.getRuntime().addShutdownHook(((EmbeddedServer) server).shutdownHook);
            }
            return server;
        }
    }
}
