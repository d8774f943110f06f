package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.SelfSigned;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL to MariaDB as its user meets it: doctor, run, wait, status, conflicts, drop. */
@ExtendWith(Servers.Extension.class)
class MariadbTargetIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    MariadbTargetIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    private static String value(EmbeddedMariadb server, String query) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError(query, e);
        }
    }

    /** As docs/security.md has it. */
    private static String encrypted(EmbeddedMariadb server, SelfSigned identity) {
        return "jdbc:mariadb://127.0.0.1:" + server.port() + "/?sslMode=verify-full&serverSslCert="
                + identity.certificate();
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
        try (EmbeddedMariadb mariadb = EmbeddedMariadb.builder()
                .withoutBinlog()
                .requiringTls(identity)
                .setting("innodb_flush_log_at_trx_commit", "0")
                .setting("innodb_doublewrite", "OFF")
                .password("secret")
                .start()) {
            TwinlogFile configuration = new TwinlogFile(directory, servers, shop)
                    .with("target.user", mariadb.user())
                    .with("target.password", "secret");
            Path file = configuration
                    .with("target.url", encrypted(mariadb, SelfSigned.create(directory, "stranger")))
                    .path();
            assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
                assertThat(report.exitCode()).as(report.all()).isEqualTo(2);
                assertThat(report.out()).contains("target").containsIgnoringCase("certificat");
            });
            configuration.with("target.url", encrypted(mariadb, identity)).path();
            assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
                assertThat(report.exitCode()).as(report.all()).isEqualTo(2);
                assertThat(report.out())
                        .contains("CREATE TABLE `public`.`account` (`id` int, `owner` longtext CHARACTER SET utf8mb4,"
                                + " `balance` decimal(12,2), PRIMARY KEY (`id`)) ENGINE = InnoDB;");
            });
            mariadb.execute(
                    "",
                    "CREATE DATABASE public",
                    "CREATE TABLE public.account (id int PRIMARY KEY, owner longtext CHARACTER SET utf8mb4, balance"
                            + " decimal(12,2))");
            assertThat(cli.run("doctor", "-f", file)).satisfies(report -> {
                assertThat(report.exitCode()).as(report.all()).isZero();
                assertThat(report.out()).contains("11.4.5-MariaDB", "Ready");
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
            assertThat(cli.run("drop", "-f", file, "--yes").exitCode()).isZero();
            assertThat(value(mariadb, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'twinlog'"))
                    .isEqualTo("0");
        }
    }
}
