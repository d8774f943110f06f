package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.EmbeddedServer;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL to MariaDB as its user meets it: doctor, run, wait, status, conflicts, drop; over connections that both sides prove themselves on, with
 * the URL of docs/security.md.
 */
@ExtendWith(Servers.Extension.class)
class MariadbTargetIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern URL = Pattern.compile("\\ntarget:\n  url: (jdbc:m\\w+:\\S+)\n");
    private static final Pattern CERTIFIED = Pattern.compile("`(ALTER USER twinlog_apply[^;`]*);?`");

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    MariadbTargetIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    /** A server of the test's own that takes no connection in the clear. */
    EmbeddedServer start(SelfSigned identity, SelfSigned client) {
        return EmbeddedMariadb.builder()
                .withoutBinlog()
                .requiringTls(identity)
                .trusting(client)
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .password("secret")
                .start();
    }

    /** The beginning of what doctor says of it. */
    String product() {
        return "MariaDB 1";
    }

    private static String value(EmbeddedServer server, String query) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(query, e);
        }
    }

    private static String documented(Pattern pattern) throws IOException {
        Matcher found = pattern.matcher(Files.readString(Path.of("..", "docs", "security.md")));
        assertThat(found.find()).as(pattern.pattern()).isTrue();
        return found.group(1);
    }

    private static String url(EmbeddedServer server, SelfSigned believed, SelfSigned client) throws IOException {
        return documented(URL)
                .replace("target:3306", "127.0.0.1:" + server.port())
                .replace("/etc/twinlog/ca.pem", believed.certificate().toString())
                .replace("/etc/twinlog/apply.p12", client.store().toString());
    }

    private void assertRefused(Path file, String... parts) {
        for (String command : new String[] {"doctor", "run"}) {
            assertThat(cli.run(command, "-f", file)).satisfies(refused -> {
                assertThat(refused.exitCode()).as(refused.all()).isEqualTo(2);
                assertThat(refused.all()).contains(parts);
            });
        }
    }

    @Test
    void a_replication_to_mariadb_lives_from_its_first_sync_to_its_drop() throws Exception {
        servers.source()
                .execute(
                        shop,
                        "CREATE TABLE account (id int PRIMARY KEY, owner text, balance numeric(12,2))",
                        "ALTER TABLE account REPLICA IDENTITY FULL",
                        "INSERT INTO account SELECT i, 'Ada ' || i, i FROM generate_series(1, 1000) i");
        SelfSigned identity = SelfSigned.create(directory, "target");
        SelfSigned client = SelfSigned.create(directory, "client");
        SelfSigned stranger = SelfSigned.create(directory, "stranger");
        try (EmbeddedServer mariadb = start(identity, client)) {
            mariadb.execute(
                    "",
                    "CREATE DATABASE public",
                    "CREATE USER twinlog_apply@'%' IDENTIFIED BY 'secret'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON public.* TO twinlog_apply@'%'",
                    "GRANT ALL ON twinlog.* TO twinlog_apply@'%'",
                    documented(CERTIFIED));
            String url = url(mariadb, identity, client);
            TwinlogFile configuration = new TwinlogFile(directory, servers, shop)
                    .beside("store-password", SelfSigned.STORE_PASSWORD)
                    .with("target.user", "twinlog_apply")
                    .with("target.password", "secret");
            Path file = configuration
                    .with("target.url", url(mariadb, stranger, client))
                    .path();
            assertRefused(file, "target connection", "ertificat", "Correct what target.url says of TLS");
            configuration
                    .with("target.url", url.replaceFirst("&keyStore=.*", ""))
                    .path();
            assertRefused(file, "target connection", "Access denied", "wants keyStore in target.url");
            configuration.with("target.url", url(mariadb, identity, stranger)).path();
            assertRefused(file, "target connection");
            configuration.with("target.url", url).path();
            assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
                assertThat(report.exitCode()).as(report.all()).isEqualTo(2);
                assertThat(report.out())
                        .contains("CREATE TABLE `public`.`account` (`id` int, `owner` longtext CHARACTER SET utf8mb4,"
                                + " `balance` decimal(12,2), PRIMARY KEY (`id`)) ENGINE = InnoDB;");
            });
            mariadb.execute(
                    "",
                    "CREATE TABLE public.account (id int PRIMARY KEY, owner longtext CHARACTER SET utf8mb4, balance"
                            + " decimal(12,2))");
            assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
                assertThat(report.exitCode()).as(report.all()).isZero();
                assertThat(report.out()).contains(product(), "Ready");
            });
            try (JavaProcess run = JavaProcess.of(Main.class)
                    .likeLauncher("512m")
                    .arguments("run", "-f", file.toString())
                    .start()) {
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> "1000".equals(value(mariadb, "SELECT count(*) FROM public.account")));
                mariadb.execute("", "UPDATE public.account SET balance = 500 WHERE id = 7");
                servers.source()
                        .execute(
                                shop,
                                "UPDATE account SET balance = balance + 1 WHERE id <= 10",
                                "DELETE FROM account WHERE id > 990");
                assertThat(cli.run("wait", "-f", file, "--timeout", "60s").exitCode())
                        .isZero();
                assertThat(value(mariadb, "SELECT concat(count(*), ' ', sum(balance)) FROM public.account"))
                        .isEqualTo("990 491047.00");
                assertThat(cli.run("status", "-f", file).out()).contains("conflicts");
                assertThat(cli.run("conflicts", "list", "-f", file).out()).contains("update_differs");
                assertThat(cli.run("conflicts", "replay", "--all", "--policy", "overwrite", "-f", file)
                                .exitCode())
                        .isZero();
                assertThat(value(mariadb, "SELECT balance FROM public.account WHERE id = 7"))
                        .isEqualTo("8.00");
                run.terminate();
                assertThat(run.awaitExit(LIMIT)).isZero();
            }
            // Also where it has replicated before: no outage to wait for.
            configuration.with("target.url", url(mariadb, stranger, client)).path();
            assertRefused(file, "ertificat", "Correct what target.url says of TLS");
            configuration.with("target.url", url).path();
            assertThat(cli.run("drop", "-f", file, "--yes").exitCode()).isZero();
            assertThat(cli.everything()).doesNotContain("secret", SelfSigned.STORE_PASSWORD);
            assertThat(value(mariadb, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'twinlog'"))
                    .isEqualTo("0");
        }
    }
}
