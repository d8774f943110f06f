package io.twinlog.sandbox;

import java.io.IOException;
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
 * A PostgreSQL server of our own on the loopback address: real, durable, ready for logical replication.
 *
 * <p>It lives in a directory that one JVM holds at a time ({@code data} below it is the server's data directory,
 * {@code server.log} what it says). A server that a killed JVM left behind there is stopped cleanly and started anew. The
 * superuser is {@code postgres}; by default every local user may connect without a password.
 *
 * <p>The server ends with this JVM, also when the JVM is killed, unless built with {@link Builder#outliveJvm()}. Closing
 * deletes the directory if it is a temporary one. All methods may be called from any thread; one at a time takes effect.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String SUPERUSER = "postgres";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration ORPHANS_LIMIT = Duration.ofSeconds(20);
    private static final int PORT_ATTEMPTS = 5;

    private final PostgresBinaries binaries;
    private final ServerAccount account;
    private final PostgresSettings settings;
    private final String password;
    private final Path directory;
    private final boolean temporary;
    private final boolean guarded;
    private final boolean portIsFixed;
    private final DirectoryLock lock;
    private final LogFile log;
    private final Path data;
    private final Thread shutdownHook = new Thread(this::close, "stop-embedded-postgres");
    private int port;
    private @Nullable Process server;
    private boolean closed;

    private EmbeddedPostgres(Builder builder, ServerAccount account, PostgresBinaries binaries) {
        this.account = account;
        this.binaries = binaries;
        this.settings = new PostgresSettings(builder.settings);
        this.password = builder.password;
        this.temporary = builder.directory == null;
        this.directory = builder.directory == null
                ? PrivateDirectory.createTemporary("twinlog-postgres-")
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
            account.own(directory);
            launch();
        } catch (IOException e) {
            throw new SandboxException("PostgreSQL cannot be prepared in " + directory, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("starting PostgreSQL in " + directory);
        }
    }

    /** Stops as {@code pg_ctl stop -m fast}: running transactions are rolled back, clients disconnected, memory written. */
    public synchronized void stop() {
        stop(Signal.INT);
    }

    /** Stops as {@code pg_ctl stop -m immediate}: at once and without a checkpoint; the next start recovers from the log. */
    public synchronized void stopImmediately() {
        stop(Signal.QUIT);
    }

    /**
     * Kills the server and all its processes with SIGKILL, as a crash of its machine would, and returns when the data
     * directory can be started again.
     */
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

    /** The server's data directory. */
    public Path dataDir() {
        return data;
    }

    /** Where the server writes what it has to say. */
    public Path log() {
        return log.path();
    }

    /** The process number of the server's first process. */
    public synchronized long pid() {
        if (server == null) {
            throw new IllegalStateException("This server does not run: " + directory);
        }
        return server.pid();
    }

    public String user() {
        return SUPERUSER;
    }

    /** The superuser's password; empty when none is needed. */
    public String password() {
        return password;
    }

    /** The address of a database, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    /** A new connection of the superuser; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), SUPERUSER, password);
    }

    /** Runs statements as superuser, each in a transaction of its own. */
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
        execute(SUPERUSER, "CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
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
            stop();
        } finally {
            lock.close();
            if (temporary) {
                PrivateDirectory.delete(directory);
            }
        }
    }

    private void stopWhatWasLeft() throws IOException {
        PostmasterFile left = PostmasterFile.read(data).orElse(null);
        if (left == null) {
            return;
        }
        if (left.pid().runs("postgres") && !left.pid().isGone()) {
            // We hold the directory, so nobody else wants this server any more.
            left.pid().send(Signal.INT);
            if (!left.pid().awaitGone(STOP_LIMIT)) {
                kill(left.pid());
            }
        } else if (ProcessHandle.of(left.pid().number()).isPresent()) {
            // The number now belongs to a stranger or to a zombie; PostgreSQL would take it for a running server.
            Files.deleteIfExists(PostmasterFile.path(data));
        }
    }

    private void initialiseIfNew() throws IOException, InterruptedException {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        // What lies here is the work of an initdb that was cut off.
        PrivateDirectory.delete(data);
        PrivateDirectory.create(data);
        Path passwordFile = directory.resolve("password");
        List<String> words = new ArrayList<>(List.of(binaries.program("initdb"), "-D", data.toString()));
        words.addAll(List.of("-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--no-instructions"));
        if (password.isEmpty()) {
            words.add("--auth=trust");
        } else {
            Files.deleteIfExists(passwordFile);
            Files.createFile(passwordFile, PrivateDirectory.OWNER_READS);
            Files.writeString(passwordFile, password);
            words.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + passwordFile));
        }
        if (temporary) {
            words.add("--no-sync");
        }
        account.own(directory);
        Process initdb = command(words).start();
        boolean ended = initdb.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        Files.deleteIfExists(passwordFile);
        if (!ended || initdb.exitValue() != 0) {
            initdb.destroyForcibly();
            PrivateDirectory.delete(data);
            throw new SandboxException("initdb failed in " + directory + log.quoted());
        }
        PostgresSettings.include(data);
    }

    private void launch() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            settings.write(data, port);
            account.own(data);
            long logEnd = log.size();
            Process started = command(List.of(binaries.program("postgres"), "-D", data.toString()))
                    .start();
            if (guarded) {
                Guard.over(started, Signal.INT);
            }
            if (becomesReady(started)) {
                server = started;
                return;
            }
            String said = log.since(logEnd);
            if (said.contains("could not bind") && !portIsFixed && attempt < PORT_ATTEMPTS) {
                port = FreePort.find();
            } else if (!processesOfAKilledServerAreLeaving(said)
                    || System.nanoTime() - begun > ORPHANS_LIMIT.toNanos()) {
                FreePort.require(port, "PostgreSQL in " + directory);
                throw new SandboxException(
                        "PostgreSQL did not start in " + directory + " on port " + port + log.quoted());
            }
        }
    }

    private static boolean processesOfAKilledServerAreLeaving(String said) {
        return said.contains("pre-existing shared memory block");
    }

    /** False when the server ended instead. */
    private boolean becomesReady(Process started) throws InterruptedException {
        long begun = System.nanoTime();
        while (!started.waitFor(10, TimeUnit.MILLISECONDS)) {
            boolean ready = PostmasterFile.read(data)
                    .filter(file -> file.ready() && file.pid().number() == started.pid())
                    .isPresent();
            if (ready) {
                return true;
            }
            if (System.nanoTime() - begun > START_LIMIT.toNanos()) {
                kill(new Pid(started.pid()));
                throw new SandboxException("PostgreSQL was not ready after " + START_LIMIT.toSeconds() + " s in "
                        + directory + log.quoted());
            }
        }
        return false;
    }

    private ProcessBuilder command(List<String> words) {
        ProcessBuilder builder = Detached.command(account.command(words))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        // PGDATA, PGPORT and their like belong to another server of the user.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private void stop(Signal signal) {
        if (server == null) {
            return;
        }
        Pid postmaster = new Pid(server.pid());
        if (server.isAlive()) {
            postmaster.send(signal);
            if (!postmaster.awaitGone(STOP_LIMIT)) {
                kill(postmaster);
            }
        }
        server = null;
    }

    private void kill(Pid postmaster) {
        // Frozen, it starts no more processes that we would not see.
        postmaster.send(Signal.STOP);
        List<Pid> all = new ArrayList<>(postmaster.children());
        all.add(0, postmaster);
        all.forEach(process -> process.send(Signal.KILL));
        for (Pid process : all) {
            if (!process.awaitGone(STOP_LIMIT)) {
                throw new SandboxException("Process " + process.number() + " of PostgreSQL survives SIGKILL in "
                        + directory + log.quoted());
            }
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

        /** Any setting of postgresql.conf; it wins over ours, {@code ALTER SYSTEM} wins over it. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Asks every connection for a password (scram-sha-256) and gives this one to the superuser. */
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

        public EmbeddedPostgres start() {
            return start(ServerAccount.find());
        }

        EmbeddedPostgres start(ServerAccount account) {
            ProgramCache cache = account.publicCache().orElseGet(ProgramCache::ofThisUser);
            EmbeddedPostgres postgres = new EmbeddedPostgres(this, account, PostgresBinaries.unpack(cache));
            try {
                postgres.start();
            } catch (RuntimeException e) {
                postgres.close();
                throw e;
            }
            if (shutdownHook && !outliveJvm) {
                Runtime.getRuntime().addShutdownHook(postgres.shutdownHook);
            }
            return postgres;
        }
    }
}
