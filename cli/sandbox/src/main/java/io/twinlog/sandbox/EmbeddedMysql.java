package io.twinlog.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A MySQL server of our own, with a binlog ready for capture; how it lives and ends, see {@link EmbeddedServer}. The only
 * account is {@code root}, from any address, by default without a password. Its programs are those that the property {@code twinlog.mysql.home} names;
 * for {@link #connect} the class path must have MariaDB's JDBC driver, which talks to MySQL too.
 */
public final class EmbeddedMysql extends EmbeddedServer {
    private static final String SUPERUSER = "root";
    private static final String TLS_ALONE = "require_secure_transport";
    private static final String READY = "ready for connections. Version";

    private final DebianRoot programs;
    private final Map<String, String> settings = new LinkedHashMap<>();

    private EmbeddedMysql(Builder builder, DebianRoot programs) {
        super(builder, "MySQL", SUPERUSER, Signal.TERM);
        this.programs = programs;
        // A fault test on a server that may lose acknowledged commits proves nothing.
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
        settings.putAll(builder.settings());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The address of a database, or of none with an empty name, without user and password. */
    @Override
    public String jdbcUrl(String database) {
        // The driver is MariaDB's, and takes this scheme on request only; without TLS the password goes encrypted by
        // the server's key.
        return "jdbc:mysql://127.0.0.1:" + port() + "/" + database + "?permitMysqlScheme&"
                + (settings.containsKey(TLS_ALONE) ? "sslMode=trust" : "allowPublicKeyRetrieval=true");
    }

    @Override
    public void createDatabase(String database) {
        execute("", "CREATE DATABASE `" + database.replace("`", "``") + "`");
    }

    @Override
    @Nullable
    Pid left() throws IOException {
        Path file = pidFile();
        if (!Files.exists(file)) {
            return null;
        }
        String number = Files.readString(file).strip();
        Files.deleteIfExists(file);
        if (!number.matches("\\d+")) {
            return null;
        }
        Pid left = new Pid(Long.parseLong(number));
        return left.runs("mysqld") ? left : null;
    }

    private Path pidFile() {
        return directory().resolve("mysql.pid");
    }

    @Override
    void initialiseIfNew() throws IOException, InterruptedException {
        // Written when all else is there: without it, what lies here is the work of an initialisation that was cut off.
        Path complete = directory().resolve("initialised");
        if (Files.exists(complete)) {
            return;
        }
        PrivateDirectory.delete(dataDir());
        Path accounts = directory().resolve("accounts.sql");
        Files.writeString(
                accounts,
                "CREATE USER root@'%' IDENTIFIED BY '"
                        + password().replace("\\", "\\\\").replace("'", "''") + "';\n"
                        + "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;\nDROP USER root@localhost;\n");
        Process process = command(
                        "--initialize-insecure",
                        "--init-file=" + accounts,
                        "--innodb-flush-log-at-trx-commit=0",
                        "--innodb-doublewrite=OFF")
                .start();
        if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new SandboxException("MySQL could not be initialised in " + directory()
                    + serverLog().quoted());
        }
        Files.delete(accounts);
        Files.createFile(complete);
    }

    @Override
    ProcessBuilder prepared() {
        return command();
    }

    private ProcessBuilder command(String... more) {
        List<String> options = new ArrayList<>(programs.command("usr/sbin/mysqld"));
        options.add("--no-defaults");
        if (new UnixSystem().getUid() == 0) {
            // It does not run as root unless told to.
            options.add("--user=root");
        }
        settings.forEach((name, value) -> options.add(
                name.equals("log_bin") && value.equals("OFF") ? "--skip-log-bin" : "--" + name + "=" + value));
        options.addAll(List.of(
                "--datadir=" + dataDir(),
                "--tmpdir=" + directory(),
                // The path of a socket may have 107 bytes only, less than many a build directory.
                "--socket=",
                "--pid-file=" + pidFile(),
                "--lc-messages-dir=" + programs.existing("usr/share/mysql"),
                "--character-sets-dir=" + programs.existing("usr/share/mysql/charsets"),
                "--plugin-dir=" + programs.existing("usr/lib/mysql/plugin"),
                "--port=" + port()));
        options.addAll(List.of(more));
        ProcessBuilder builder = command(options, "MYSQL", "MARIADB");
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    @Override
    boolean isReady(Process started, long logEnd) {
        return serverLog().since(logEnd).contains(READY);
    }

    @Override
    boolean foundPortTaken(String said) {
        return said.contains("Bind on TCP/IP port");
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
            return setting("ssl_cert", identity.certificate().toString())
                    .setting("ssl_key", identity.key().toString())
                    .setting(TLS_ALONE, "ON");
        }

        /** Believes clients that show this certificate. */
        public Builder trusting(SelfSigned client) {
            return setting("ssl_ca", client.certificate().toString());
        }

        public EmbeddedMysql start() {
            DebianRoot programs = DebianRoot.find(DebianRoot.MYSQL);
            if (programs == null) {
                throw new SandboxException("No MySQL: run .ci/debian-server mysql-server-core FOLDER, and set -D"
                        + DebianRoot.MYSQL + "=FOLDER");
            }
            return started(new EmbeddedMysql(this, programs));
        }
    }
}
