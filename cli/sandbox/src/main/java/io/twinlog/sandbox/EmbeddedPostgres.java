package io.twinlog.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of our own, ready for logical replication; how it lives and ends, see {@link EmbeddedServer}. The
 * superuser is {@code postgres}; by default every local user may connect without a password.
 */
public final class EmbeddedPostgres extends EmbeddedServer {
    private static final String SUPERUSER = "postgres";

    private final PostgresBinaries binaries;
    private final ServerAccount account;
    private final PostgresSettings settings;

    private EmbeddedPostgres(Builder builder, ServerAccount account, PostgresBinaries binaries) {
        super(builder, "PostgreSQL", SUPERUSER, Signal.INT);
        this.account = account;
        this.binaries = binaries;
        this.settings = new PostgresSettings(builder.settings());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Stops as {@code pg_ctl stop -m immediate}: at once and without a checkpoint; the next start recovers from the log. */
    public void stopImmediately() {
        stop(Signal.QUIT);
    }

    @Override
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    @Override
    public void createDatabase(String database) {
        execute(SUPERUSER, "CREATE DATABASE \"" + database.replace("\"", "\"\"") + "\"");
    }

    @Override
    @Nullable
    Pid left() throws IOException {
        PostmasterFile left = PostmasterFile.read(dataDir()).orElse(null);
        if (left == null) {
            return null;
        }
        if (left.pid().runs("postgres") && !left.pid().isGone()) {
            return left.pid();
        }
        if (ProcessHandle.of(left.pid().number()).isPresent()) {
            // The number now belongs to a stranger or to a zombie; PostgreSQL would take it for a running server.
            Files.deleteIfExists(PostmasterFile.path(dataDir()));
        }
        return null;
    }

    @Override
    void initialiseIfNew() throws IOException, InterruptedException {
        Path data = dataDir();
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        // What lies here is the work of an initdb that was cut off.
        PrivateDirectory.delete(data);
        PrivateDirectory.create(data);
        Path passwordFile = directory().resolve("password");
        List<String> words = new ArrayList<>(List.of(binaries.program("initdb"), "-D", data.toString()));
        words.addAll(List.of("-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--no-instructions"));
        if (password().isEmpty()) {
            words.add("--auth=trust");
        } else {
            Files.deleteIfExists(passwordFile);
            Files.createFile(passwordFile, PrivateDirectory.OWNER_READS);
            Files.writeString(passwordFile, password());
            words.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + passwordFile));
        }
        if (isTemporary()) {
            words.add("--no-sync");
        }
        account.own(directory());
        Process initdb = command(words).start();
        boolean ended = initdb.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
        Files.deleteIfExists(passwordFile);
        if (!ended || initdb.exitValue() != 0) {
            initdb.destroyForcibly();
            PrivateDirectory.delete(data);
            throw new SandboxException(
                    "initdb failed in " + directory() + serverLog().quoted());
        }
        PostgresSettings.include(data);
    }

    @Override
    ProcessBuilder prepared() throws IOException {
        settings.write(dataDir(), port());
        account.own(directory());
        return command(List.of(binaries.program("postgres"), "-D", dataDir().toString()));
    }

    private ProcessBuilder command(List<String> words) {
        return command(account.command(words), "PG");
    }

    @Override
    boolean isReady(Process started, long logEnd) {
        return PostmasterFile.read(dataDir())
                .filter(file -> file.ready() && file.pid().number() == started.pid())
                .isPresent();
    }

    @Override
    boolean foundPortTaken(String said) {
        return said.contains("could not bind");
    }

    /** The processes of a killed server leave one after the other. */
    @Override
    boolean mayStartSoon(String said) {
        return said.contains("pre-existing shared memory block");
    }

    /** What a server shall be; {@link #start()} builds and starts it. */
    public static final class Builder extends EmbeddedServer.Builder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        public EmbeddedPostgres start() {
            return start(ServerAccount.find());
        }

        EmbeddedPostgres start(ServerAccount account) {
            ProgramCache cache = account.publicCache().orElseGet(ProgramCache::ofThisUser);
            return started(new EmbeddedPostgres(this, account, PostgresBinaries.unpack(cache)));
        }
    }
}
