package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server of our own, with a binlog ready for capture; how it lives and ends, see {@link EmbeddedServer}. The only
 * account is {@code root}, from any address, by default without a password. The class path must have the programs, see
 * {@link MariadbBinaries}, and, for {@link #connect}, MariaDB's JDBC driver.
 */
public final class EmbeddedMariadb extends EmbeddedServer {
    private static final String SUPERUSER = "root";
    private static final String READY = "ready for connections";
    private static final String TLS_ALONE = "require_secure_transport";
    /** Words of definitions that not every version has which may be in use here, see {@link DebianRoot}, and the first release that has them. */
    private static final Map<String, Integer> SINCE = Map.of("uuid", 1007, "inet4", 1010, "uca1400", 1010);

    private final MariadbBinaries binaries;
    private final MariadbSettings settings;
    private final boolean encrypted;

    private EmbeddedMariadb(Builder builder, MariadbBinaries binaries) {
        super(builder, "MariaDB", SUPERUSER, Signal.TERM);
        this.binaries = binaries;
        this.settings = new MariadbSettings(builder.settings());
        this.encrypted = builder.settings().containsKey(TLS_ALONE);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The address of a database, or of none with an empty name, without user and password. */
    @Override
    public String jdbcUrl(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database + (encrypted ? "?sslMode=trust" : "");
    }

    /** Whether this version has what the definition of a column names. Asks the server. */
    public boolean knows(String definition) {
        try (Connection connection = connect("")) {
            DatabaseMetaData version = connection.getMetaData();
            int release = 100 * version.getDatabaseMajorVersion() + version.getDatabaseMinorVersion();
            return SINCE.entrySet().stream()
                    .noneMatch(word -> definition.contains(word.getKey()) && release < word.getValue());
        } catch (SQLException e) {
            throw new SandboxException("The version of the server is not known", e);
        }
    }

    @Override
    public void createDatabase(String database) {
        execute("", "CREATE DATABASE `" + database.replace("`", "``") + "`");
    }

    @Override
    @Nullable
    Pid left() throws IOException {
        Path file = dataDir().resolve("mariadb.pid");
        if (!Files.exists(file)) {
            return null;
        }
        String number = Files.readString(file).strip();
        Files.deleteIfExists(file);
        if (!number.matches("\\d+")) {
            return null;
        }
        Pid left = new Pid(Long.parseLong(number));
        return left.runs("mariadbd") ? left : null;
    }

    @Override
    void initialiseIfNew() throws IOException, InterruptedException {
        // Written when all else is there: without it, what lies here is the work of an initialisation that was cut off.
        Path complete = directory().resolve("initialised");
        if (Files.exists(complete)) {
            return;
        }
        PrivateDirectory.delete(dataDir());
        PrivateDirectory.create(dataDir());
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
                            + password().replace("\\", "\\\\").replace("'", "''") + "';",
                    "GRANT ALL ON *.* TO " + SUPERUSER + "@'%' WITH GRANT OPTION;");
        } catch (IOException e) {
            // A broken pipe only says that it ended; why, its log says.
            bootstrap.destroyForcibly();
            throw new SandboxException(notInitialised(), e);
        }
        boolean ended = bootstrap.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!ended || bootstrap.exitValue() != 0) {
            bootstrap.destroyForcibly();
            throw new SandboxException(notInitialised());
        }
        Files.createFile(complete);
    }

    private String notInitialised() {
        return "MariaDB could not be initialised in " + directory()
                + serverLog().quoted();
    }

    private static void say(OutputStream input, String... statements) throws IOException {
        for (String statement : statements) {
            input.write((statement + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    ProcessBuilder prepared() throws IOException {
        return command();
    }

    private ProcessBuilder command(String... options) throws IOException {
        Path configuration = directory().resolve("my.cnf");
        settings.write(configuration, binaries, dataDir(), port());
        // The file must be the first option; it replaces those of the system.
        List<String> words = new ArrayList<>(binaries.server());
        words.add("--defaults-file=" + configuration);
        if (new UnixSystem().getUid() == 0) {
            // It does not run as root unless told to.
            words.add("--user=root");
        }
        words.addAll(List.of(options));
        ProcessBuilder builder = command(words, "MYSQL", "MARIADB");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    @Override
    boolean isReady(Process started, long logEnd) {
        return serverLog().since(logEnd).contains(READY);
    }

    @Override
    boolean foundPortTaken(String said) {
        return said.contains("Can't start server: Bind on TCP/IP port");
    }

    /** What a server shall be; {@link #start()} builds and starts it. */
    public static final class Builder extends EmbeddedServer.Builder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Writes no binlog: a server from which nothing can be captured. */
        public Builder withoutBinlog() {
            return setting("log_bin", "OFF");
        }

        /** Takes encrypted connections alone. */
        public Builder requiringTls(SelfSigned identity) {
            return setting("ssl", "ON")
                    .setting("ssl_cert", identity.certificate().toString())
                    .setting("ssl_key", identity.key().toString())
                    .setting(TLS_ALONE, "ON");
        }

        /** Believes clients that show this certificate. */
        public Builder trusting(SelfSigned client) {
            return setting("ssl_ca", client.certificate().toString());
        }

        public EmbeddedMariadb start() {
            return started(new EmbeddedMariadb(this, MariadbBinaries.unpack(ProgramCache.ofThisUser())));
        }
    }
}
