package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * A MariaDB server of our own on the loopback address: real, durable, with a binlog ready for capture.
 *
 * <p>It lives in a directory that one JVM holds at a time ({@code data} below it is the server's data directory,
 * {@code server.log} what it says). A server that a killed JVM left behind there is stopped cleanly and started anew. The
 * only account is {@code root}, from any address, by default without a password.
 *
 * <p>The server ends with this JVM, also when the JVM is killed, unless built with {@link Builder#outliveJvm()}. Closing
 * deletes the directory if it is a temporary one. All methods may be called from any thread; one at a time takes effect.
 * The class path must have the programs, see {@link MariadbBinaries}, and, for {@link #connect}, MariaDB's JDBC driver.
 */
public final class EmbeddedMariadb implements AutoCloseable {
    private static final String SUPERUSER = "root";
    private static final String READY = "ready for connections";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int PORT_ATTEMPTS = 5;

    private final MariadbBinaries binaries;
    private final MariadbSettings settings;
    private final String password;
    private final Path directory;
    private final boolean temporary;
    private final boolean guarded;
    private final boolean portIsFixed;
    private final DirectoryLock lock;
    private final LogFile log;
    private final Path data;
    private final Thread shutdownHook = new Thread(this::close, "stop-embedded-mariadb");
    private int port;
    private @Nullable Process server;
    private boolean closed;

    private EmbeddedMariadb(Builder builder, MariadbBinaries binaries) {
        this.binaries = binaries;
        this.settings = new MariadbSettings(builder.settings);
        this.password = builder.password;
        this.temporary = builder.directory == null;
        this.directory = builder.directory == null
                ? PrivateDirectory.createTemporary("twinlog-mariadb-")
                : PrivateDirectory.create(builder.directory);
        this.guarded = !builder.outliveJvm;
        this.portIsFixed = builder.port != 0;
        this.port = portIsFixed ? builder.port : FreePort.find();
        this.lock = DirectoryLock.acquire(directory);
        this.log = new LogFile(directory.resolve("server.log"));
        this.data = directory.resolve("data");
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts the server and returns when it takes connections; does nothing when it runs. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("This server was closed: " + directory);
        }
        if (isRunning()) {
            return;
        }
        try {
            stopWhatWasLeft();
            initialiseIfNew();
            launch();
        } catch (IOException e) {
            throw new SandboxException("MariaDB cannot be prepared in " + directory, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("starting MariaDB in " + directory);
        }
    }

    /** Stops in good order: running transactions are rolled back, clients disconnected, memory written. */
    public synchronized void stop() {
        if (server != null) {
            stop(new Pid(server.pid()));
            server = null;
        }
    }

    /** Kills the server with SIGKILL, as a crash of its machine would; the next start recovers from the log. */
    public synchronized void kill() {
        if (server != null) {
            kill(new Pid(server.pid()));
            server = null;
        }
    }

    /** Stops, then starts on the same port. */
    public synchronized void restart() {
        stop();
        start();
    }

    public synchronized boolean isRunning() {
        return server != null && server.isAlive();
    }

    /** The port of the running server; it stays the same over restarts. */
    public synchronized int port() {
        return port;
    }

    /** The server's data directory, where its binlogs are too. */
    public Path dataDir() {
        return data;
    }

    /** Where the server writes what it has to say. */
    public Path log() {
        return log.path();
    }

    /** The server's process number. */
    public synchronized long pid() {
        if (server == null) {
            throw new IllegalStateException("This server does not run: " + directory);
        }
        return server.pid();
    }

    public String user() {
        return SUPERUSER;
    }

    /** The password of {@link #user()}; empty when none is needed. */
    public String password() {
        return password;
    }

    /** The address of a database, without user and password; of none with an empty name. */
    public String jdbcUrl(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database;
    }

    /** A new connection of {@link #user()}; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), SUPERUSER, password);
    }

    /** Runs statements as {@link #user()}, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new SandboxException("A statement failed in database " + database + " at port " + port(), e);
        }
    }

    public void createDatabase(String name) {
        execute("", "CREATE DATABASE `" + name.replace("`", "``") + "`");
    }

    /** Stops the server, gives the directory back and deletes it if it is temporary; harmless twice. */
    @Override
    public synchronized void close() {
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

    private void stopWhatWasLeft() throws IOException {
        Path file = data.resolve("mariadb.pid");
        if (!Files.exists(file)) {
            return;
        }
        String number = Files.readString(file).strip();
        if (number.matches("\\d+") && new Pid(Long.parseLong(number)).runs("mariadbd")) {
            // We hold the directory, so nobody else wants this server any more.
            stop(new Pid(Long.parseLong(number)));
        }
        Files.deleteIfExists(file);
    }

    private void initialiseIfNew() throws IOException, InterruptedException {
        // Written when all else is there: without it, what lies here is the work of an initialisation that was cut off.
        Path complete = directory.resolve("initialised");
        if (Files.exists(complete)) {
            return;
        }
        PrivateDirectory.delete(data);
        PrivateDirectory.create(data);
        settings.write(configuration(), binaries, data, port);
        Process bootstrap = command("--bootstrap", "--skip-log-bin")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (OutputStream input = bootstrap.getOutputStream()) {
            // It reads one statement per line, and stops at the first that fails.
            say(input, "CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;");
            for (Path script : binaries.systemTables()) {
                Files.copy(script, input);
            }
            say(
                    input,
                    "DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';",
                    "DELETE FROM mysql.proxies_priv;",
                    "FLUSH PRIVILEGES;",
                    "CREATE USER " + SUPERUSER + "@'%' IDENTIFIED BY '"
                            + password.replace("\\", "\\\\").replace("'", "''") + "';",
                    "GRANT ALL ON *.* TO " + SUPERUSER + "@'%' WITH GRANT OPTION;");
        } catch (IOException e) {
            // A broken pipe only says that it ended; why, its log says.
            bootstrap.destroyForcibly();
            throw new SandboxException("MariaDB could not be initialised in " + directory + log.quoted(), e);
        }
        boolean ended = bootstrap.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!ended || bootstrap.exitValue() != 0) {
            bootstrap.destroyForcibly();
            throw new SandboxException("MariaDB could not be initialised in " + directory + log.quoted());
        }
        Files.createFile(complete);
    }

    private static void say(OutputStream input, String... statements) throws IOException {
        for (String statement : statements) {
            input.write((statement + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private void launch() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            settings.write(configuration(), binaries, data, port);
            long logEnd = log.size();
            Process started = command().start();
            if (guarded) {
                Guard.over(started, Signal.TERM);
            }
            if (becomesReady(started, logEnd)) {
                server = started;
                return;
            }
            if (log.since(logEnd).contains("Can't start server: Bind on TCP/IP port")
                    && !portIsFixed
                    && attempt < PORT_ATTEMPTS) {
                port = FreePort.find();
            } else {
                FreePort.require(port, "MariaDB in " + directory);
                throw new SandboxException("MariaDB did not start in " + directory + " on port " + port + log.quoted());
            }
        }
    }

    /** False when the server ended instead. */
    private boolean becomesReady(Process started, long logEnd) throws InterruptedException {
        long begun = System.nanoTime();
        while (!started.waitFor(10, TimeUnit.MILLISECONDS)) {
            if (log.since(logEnd).contains(READY)) {
                return true;
            }
            if (System.nanoTime() - begun > START_LIMIT.toNanos()) {
                kill(new Pid(started.pid()));
                throw new SandboxException(
                        "MariaDB was not ready after " + START_LIMIT.toSeconds() + " s in " + directory + log.quoted());
            }
        }
        return false;
    }

    private Path configuration() {
        return directory.resolve("my.cnf");
    }

    private ProcessBuilder command(String... options) {
        // The file must be the first option; it replaces those of the system.
        List<String> words = new ArrayList<>(List.of(binaries.server(), "--defaults-file=" + configuration()));
        if (new UnixSystem().getUid() == 0) {
            // It does not run as root unless told to.
            words.add("--user=root");
        }
        words.addAll(List.of(options));
        ProcessBuilder builder = Detached.command(words)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        // MYSQL_TCP_PORT, MARIADB_HOME and their like belong to another server of the user.
        builder.environment().keySet().removeIf(name -> name.startsWith("MYSQL") || name.startsWith("MARIADB"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    private void stop(Pid running) {
        if (running.isGone()) {
            return;
        }
        running.send(Signal.TERM);
        if (!running.awaitGone(STOP_LIMIT)) {
            kill(running);
        }
    }

    private void kill(Pid running) {
        running.send(Signal.KILL);
        if (!running.awaitGone(STOP_LIMIT)) {
            throw new SandboxException(
                    "Process " + running.number() + " of MariaDB survives SIGKILL in " + directory + log.quoted());
        }
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is leaving: it is the hook that closes.
        }
    }

    /** What a server shall be; {@link #start()} builds and starts it. */
    public static final class Builder {
        private final Map<String, String> settings = new HashMap<>();
        private @Nullable Path directory;
        private int port;
        private String password = "";
        private boolean outliveJvm;
        private boolean shutdownHook = true;

        private Builder() {}

        /** Keeps the server in this directory; without it a temporary one is used and deleted on close. */
        public Builder directory(Path path) {
            this.directory = path.toAbsolutePath().normalize();
            return this;
        }

        /** Listens on this port; 0, the default, takes a free one. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** Any setting of my.cnf; it wins over ours. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Writes no binlog: a server from which nothing can be captured. */
        public Builder withoutBinlog() {
            return setting("log_bin", "OFF");
        }

        /** Gives this password to {@code root}. */
        public Builder password(String secret) {
            this.password = secret;
            return this;
        }

        /** Leaves the server running when this JVM ends without closing it. */
        public Builder outliveJvm() {
            this.outliveJvm = true;
            return this;
        }

        /**
         * Installs no shutdown hook, for those who close the server themselves at the end of their own: hooks run at the
         * same time. When they do not get there, the server stops right after the JVM's end.
         */
        public Builder withoutShutdownHook() {
            this.shutdownHook = false;
            return this;
        }

        public EmbeddedMariadb start() {
            EmbeddedMariadb mariadb = new EmbeddedMariadb(this, MariadbBinaries.unpack(ProgramCache.ofThisUser()));
            try {
                mariadb.start();
            } catch (RuntimeException e) {
                mariadb.close();
                throw e;
            }
            if (shutdownHook && !outliveJvm) {
                Runtime.getRuntime().addShutdownHook(mariadb.shutdownHook);
            }
            return mariadb;
        }
    }
}
