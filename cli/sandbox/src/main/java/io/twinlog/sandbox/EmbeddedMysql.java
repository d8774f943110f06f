package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A MySQL server of our own on the loopback address, with a binlog ready for capture, in a temporary directory that closing deletes.
 * Its programs are those of {@link MysqlPrograms}. The only account is {@code root}, from any address, by default without a password.
 *
 * <p>The server ends with this JVM. All methods may be called from any thread; one at a time takes effect. The class path must have
 * MariaDB's JDBC driver, which talks to MySQL too.
 */
public final class EmbeddedMysql implements AutoCloseable {
    private static final String SUPERUSER = "root";
    private static final String READY = "ready for connections. Version";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final MysqlPrograms programs;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final String password;
    private final Path directory = PrivateDirectory.createTemporary("twinlog-mysql-");
    private final LogFile log = new LogFile(directory.resolve("server.log"));
    private final Path data = directory.resolve("data");
    private final int port = FreePort.find();
    private @Nullable Process server;
    private boolean closed;

    private EmbeddedMysql(Builder builder, MysqlPrograms programs) {
        this.programs = programs;
        this.password = builder.password;
        settings.put("innodb_flush_log_at_trx_commit", "1");
        settings.put("sync_binlog", "1");
        settings.put("log_bin", "binlog");
        settings.put("server_id", "1");
        settings.put("binlog_row_metadata", "FULL");
        settings.put("bind_address", "127.0.0.1");
        settings.put("mysqlx", "OFF");
        settings.put("secure_file_priv", "");
        settings.put("skip_name_resolve", "ON");
        settings.put("innodb_buffer_pool_size", "64M");
        settings.put("innodb_redo_log_capacity", "32M");
        settings.put("lc_messages", "en_US");
        settings.putAll(builder.settings);
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
            if (!Files.exists(data)) {
                initialise();
            }
            long logEnd = log.size();
            Process started = command(options()).start();
            Guard.over(started, Signal.TERM);
            awaitReady(started, logEnd);
            server = started;
        } catch (IOException e) {
            throw new SandboxException("MySQL cannot be prepared in " + directory, e);
        } catch (InterruptedException e) {
            throw Interrupted.while_("starting MySQL in " + directory);
        }
    }

    private void initialise() throws IOException, InterruptedException {
        Path script = directory.resolve("accounts.sql");
        Files.writeString(
                script,
                "CREATE USER root@'%' IDENTIFIED BY '"
                        + password.replace("\\", "\\\\").replace("'", "''") + "';\n"
                        + "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;\nDROP USER root@localhost;\n");
        List<String> words = new ArrayList<>(options());
        words.addAll(List.of(
                "--initialize-insecure",
                "--init-file=" + script,
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=OFF"));
        Process process = command(words).start();
        if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new SandboxException("MySQL could not be initialised in " + directory + log.quoted());
        }
        Files.delete(script);
    }

    private List<String> options() {
        List<String> words = new ArrayList<>(List.of("--no-defaults"));
        if (new UnixSystem().getUid() == 0) {
            words.add("--user=root");
        }
        settings.forEach((name, value) -> words.add(
                name.equals("log_bin") && value.equals("OFF") ? "--skip-log-bin" : "--" + name + "=" + value));
        words.addAll(List.of(
                "--datadir=" + data,
                "--tmpdir=" + directory,
                // The path of a socket may have 107 bytes only, less than many a build directory.
                "--socket=",
                "--pid-file=" + directory.resolve("mysql.pid"),
                "--lc-messages-dir=" + programs.share(),
                "--character-sets-dir=" + programs.share().resolve("charsets"),
                "--plugin-dir=" + programs.plugins(),
                "--port=" + port));
        return words;
    }

    private ProcessBuilder command(List<String> options) {
        ProcessBuilder builder = Detached.command(programs.command(options))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("MYSQL"));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    private void awaitReady(Process started, long logEnd) throws InterruptedException {
        long begun = System.nanoTime();
        while (!log.since(logEnd).contains(READY)) {
            if (started.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - begun > START_LIMIT.toNanos()) {
                started.destroyForcibly();
                throw new SandboxException("MySQL did not start in " + directory + log.quoted());
            }
        }
    }

    /** Stops in good order. */
    public synchronized void stop() {
        end(Signal.TERM);
    }

    /** Kills the server with SIGKILL, as a crash of its machine would; the next start recovers from the log. */
    public synchronized void kill() {
        end(Signal.KILL);
    }

    private void end(Signal signal) {
        Process running = server;
        server = null;
        if (running == null || !running.isAlive()) {
            return;
        }
        Pid pid = new Pid(running.pid());
        pid.send(signal);
        if (!pid.awaitGone(STOP_LIMIT)) {
            throw new SandboxException("MySQL does not end in " + directory + log.quoted());
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

    public int port() {
        return port;
    }

    /** The server's data directory, where its binlogs are too. */
    public Path dataDir() {
        return data;
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
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database;
    }

    /** A new connection of {@link #user()}; the caller closes it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?allowPublicKeyRetrieval=true",
                SUPERUSER,
                password);
    }

    /** Runs statements as {@link #user()}, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new SandboxException("A statement failed in database " + database + " at port " + port, e);
        }
    }

    public void createDatabase(String name) {
        execute("", "CREATE DATABASE `" + name.replace("`", "``") + "`");
    }

    /** Ends the server and deletes its directory; harmless twice. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                kill();
            } finally {
                PrivateDirectory.delete(directory);
            }
        }
    }

    /** What a server shall be. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private String password = "";

        private Builder() {}

        /** Any setting of the server; it wins over ours. */
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

        public EmbeddedMysql start() {
            EmbeddedMysql mysql = new EmbeddedMysql(this, MysqlPrograms.find());
            try {
                mysql.start();
            } catch (RuntimeException e) {
                mysql.close();
                throw e;
            }
            Runtime.getRuntime().addShutdownHook(new Thread(mysql::close, "stop-embedded-mysql"));
            return mysql;
        }
    }
}
