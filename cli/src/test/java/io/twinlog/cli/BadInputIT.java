package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.FreePort;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every wrong input gives one report of all problems with what to do, exit code 2, and nothing is created. */
@ExtendWith(Servers.Extension.class)
class BadInputIT {

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    BadInputIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @BeforeEach
    void tables_that_fit() {
        servers.source().execute(shop, "CREATE TABLE account (id int PRIMARY KEY, owner text)");
        servers.target().execute(shop, "CREATE TABLE account (id int PRIMARY KEY, owner text)");
    }

    @AfterEach
    void no_secret_was_printed() {
        assertThat(cli.everything()).doesNotContain(Servers.PASSWORD).doesNotContain("hush-hush");
    }

    @Test
    void an_unknown_key() {
        refused(file().with("apply", "{ batch.evnts: 5 }"), "apply.batch.evnts", "do you mean apply.batch.events?");
    }

    @Test
    void a_wrong_password_at_the_source() {
        refused(file().with("source.password", "hush-hush"), "source", "password");
    }

    @Test
    void a_wrong_password_at_the_target() {
        refused(file().with("target.password", "hush-hush"), "target", "password");
    }

    @Test
    void an_unreachable_source() {
        String url = "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/shop";
        refused(file().with("source.url", url), "source", "127.0.0.1");
    }

    @Test
    void an_unreachable_target() {
        String url = "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/shop";
        refused(file().with("target.url", url), "target", "127.0.0.1");
    }

    @Test
    void an_unreachable_broker() {
        String broker = "127.0.0.1:" + FreePort.find();
        refused(file().with("kafka", "{ bootstrap.servers: \"" + broker + "\" }"), "kafka", broker);
    }

    @Test
    void a_database_that_does_not_exist() {
        refused(file().with("source.url", servers.source().jdbcUrl("nowhere")), "source", "nowhere");
    }

    @Test
    void wal_level_is_too_low() {
        try (EmbeddedPostgres replica = EmbeddedPostgres.builder()
                .setting("wal_level", "replica")
                .setting("max_wal_senders", "4")
                .start()) {
            replica.createDatabase(shop);
            replica.execute(shop, "CREATE TABLE account (id int PRIMARY KEY, owner text)");

            refused(
                    file().with("source.url", replica.jdbcUrl(shop)).with("source.password", "\"\""),
                    "wal_level",
                    "logical",
                    "ALTER SYSTEM SET wal_level");
        }
    }

    @Test
    void a_table_that_does_not_exist() {
        refused(file().with("source.tables", "[\"public.account\", \"public.nowhere\"]"), "public.nowhere");
    }

    @Test
    void a_table_that_the_target_lacks() {
        servers.source().execute(shop, "CREATE TABLE extra (id int PRIMARY KEY)");

        refused(file(), "public.extra", "target");
    }

    @Test
    void a_column_that_the_target_lacks() {
        servers.source().execute(shop, "ALTER TABLE account ADD COLUMN since date");

        refused(file(), "public.account", "since", "ALTER TABLE");
    }

    @Test
    void a_table_without_primary_key() {
        servers.source().execute(shop, "CREATE TABLE keyless (a int)");
        servers.target().execute(shop, "CREATE TABLE keyless (a int)");

        refused(file(), "public.keyless", "primary key");
    }

    @Test
    void a_source_role_that_may_not_replicate() {
        servers.source()
                .execute(
                        shop,
                        "DROP ROLE IF EXISTS clerk",
                        "CREATE ROLE clerk LOGIN PASSWORD '" + Servers.PASSWORD.replace("'", "''") + "'",
                        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk");
        try {
            refused(file().with("source.user", "clerk"), "clerk", "REPLICATION");
        } finally {
            servers.source().execute(shop, "DROP OWNED BY clerk", "DROP ROLE clerk");
        }
    }

    @Test
    void a_target_role_that_may_not_write() {
        servers.target()
                .execute(
                        shop,
                        "DROP ROLE IF EXISTS clerk",
                        "CREATE ROLE clerk LOGIN PASSWORD '" + Servers.PASSWORD.replace("'", "''") + "'");
        try {
            refused(file().with("target.user", "clerk"), "clerk", "GRANT");
        } finally {
            servers.target().execute(shop, "DROP OWNED BY clerk", "DROP ROLE clerk");
        }
    }

    @Test
    void rows_at_the_target_before_the_first_sync() {
        servers.source().execute(shop, "INSERT INTO account VALUES (1, 'a')");
        servers.target().execute(shop, "INSERT INTO account VALUES (2, 'b')");

        refused(file(), "public.account", "existing.rows");
    }

    @Test
    void everything_at_once() {
        servers.source()
                .execute(
                        shop,
                        "CREATE TABLE keyless (a int)",
                        "CREATE TABLE extra (id int PRIMARY KEY)",
                        "ALTER TABLE account ADD COLUMN since date");
        servers.target().execute(shop, "INSERT INTO account VALUES (2, 'b')", "CREATE TABLE keyless (a int)");

        refused(
                file().with("source.tables", "[\"public.*\", \"public.nowhere\"]"),
                "public.keyless",
                "public.extra",
                "public.nowhere",
                "since");
        refused(
                file().with("source.url", "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/shop")
                        .with("target.password", "hush-hush")
                        .with("kafka", "{ bootstrap.servers: \"127.0.0.1:" + FreePort.find() + "\" }"),
                "source",
                "target",
                "kafka");
    }

    private TwinlogFile file() {
        return new TwinlogFile(directory, servers, shop);
    }

    /** By {@code run} and by {@code doctor}, with all these words in one report. */
    private void refused(TwinlogFile configuration, String... words) {
        Path file = configuration.path();
        for (String command : new String[] {"run", "doctor"}) {
            Result result = cli.run(command, "-f", file);
            assertThat(result.exitCode()).as(command + "\n" + result.all()).isEqualTo(2);
            for (String word : words) {
                assertThat(result.all()).containsIgnoringCase(word);
            }
            assertThat(result.all()).doesNotContain("Exception", "\tat ");
        }
        assertNothingExists();
    }

    private void assertNothingExists() {
        assertThat(servers.topics(shop)).isEmpty();
        assertThat(Servers.value(
                        servers.source(),
                        shop,
                        "SELECT count(*) FROM pg_replication_slots WHERE database = '" + shop + "'"))
                .isEqualTo("0");
        assertThat(Servers.value(servers.source(), shop, "SELECT count(*) FROM pg_publication"))
                .isEqualTo("0");
        assertThat(Servers.value(servers.target(), shop, "SELECT count(*) FROM pg_namespace WHERE nspname = 'twinlog'"))
                .isEqualTo("0");
    }
}
