package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** MySQL as source, as target and as both, as their user meets it. Runs with -Pmysql only. */
@ExtendWith(Servers.Extension.class)
class MysqlTwinIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ITEMS =
            "CREATE TABLE items (id int PRIMARY KEY, big bigint unsigned, price decimal(10,2), ratio double, name varchar(40)"
                    + " CHARACTER SET latin1, note longtext, state enum('new','sold'), tags set('a','b','c'), day date,"
                    + " at datetime(6), moment timestamp(3) NULL, flags bit(5), raw varbinary(10), doc json)";
    private static final String ROW =
            "(%d, 18446744073709551615, 12.50, 0.1, 'Zürich €', 'ü😀', 'sold', 'b,a', '2024-02-29', '2024-02-29 23:59:59.123456',"
                    + " '2024-02-29 23:59:59.987', b'00101', x'00ff', '{\"b\": 2.50, \"a\": [\"x\\\\n\", null]}')";

    private static EmbeddedMysql first;
    private static EmbeddedMysql second;

    private final Cli cli = new Cli();

    @BeforeAll
    static void start() {
        first = EmbeddedMysql.builder().password("secret").start();
        second = EmbeddedMysql.builder()
                .password("secret")
                .setting("server_id", "2")
                .start();
        first.execute(
                "",
                "CREATE DATABASE shop",
                "CREATE USER twinlog@'%' IDENTIFIED BY 'secret'",
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO twinlog@'%'",
                "GRANT SELECT ON shop.* TO twinlog@'%'");
        first.execute("shop", ITEMS, "SET time_zone = '+00:00'", "INSERT INTO items VALUES " + ROW.formatted(1));
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
    }

    private static String value(EmbeddedMysql server, String query) throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private static TwinlogFile reading(TwinlogFile file) throws Exception {
        return file.with("source.url", first.jdbcUrl(""))
                .with("source.user", "twinlog")
                .with("source.password", "secret")
                .with("source.tables", "[\"shop.*\"]");
    }

    private static TwinlogFile writing(TwinlogFile file) throws Exception {
        return file.with("target.url", second.jdbcUrl(""))
                .with("target.user", "root")
                .with("target.password", "secret");
    }

    @Test
    void rows_travel_to_postgresql_and_a_reset_log_is_a_gap(Servers servers, @TempDir Path directory) throws Exception {
        String name = servers.databases();
        first.execute("shop", "SET time_zone = '+00:00'", "INSERT INTO items VALUES " + ROW.formatted(49));
        Path file = reading(new TwinlogFile(directory, servers, name)).path();
        Cli.Result before = cli.run("doctor", "-f", file);
        assertThat(before.exitCode()).as(before.all()).isEqualTo(2);
        assertThat(before.all()).contains("MySQL 9.", "table shop.items");
        servers.target().execute(name, "CREATE SCHEMA shop", statement(before.all()));
        assertReady(file);
        String printed =
                "SELECT concat_ws('|', big, price, ratio, name, note, state, tags, day, at, flags, raw, doc) FROM"
                        + " shop.items WHERE id = ";
        String expected =
                "18446744073709551615|12.50|0.1|Zürich €|ü😀|sold|a,b|2024-02-29|2024-02-29 23:59:59.123456|00101|"
                        + "\\x00ff|{\"a\": [\"x\\n\", null], \"b\": 2.5}";
        try (JavaProcess run = run(file)) {
            waitUntilApplied(file, run);
            assertThat(Servers.value(servers.target(), name, printed + "49")).isEqualTo(expected);
            first.execute(
                    "shop",
                    "SET time_zone = '+00:00'",
                    "INSERT INTO items VALUES " + ROW.formatted(50),
                    "UPDATE items SET doc = JSON_SET(doc, '$.c', true) WHERE id = 50",
                    "UPDATE items SET doc = JSON_REMOVE(doc, '$.c') WHERE id = 50");
            waitUntilApplied(file, run);
            assertThat(Servers.value(servers.target(), name, printed + "50")).isEqualTo(expected);
            assertThat(cli.run("conflicts", "list", "-f", file).all()).doesNotContain("shop.items");
            stop(run);
        }
        first.execute("shop", "DELETE FROM items WHERE id IN (49, 50)", "RESET BINARY LOGS AND GTIDS");
        Cli.Result gap = cli.run("run", "-f", file);
        assertThat(gap.exitCode()).as(gap.all()).isEqualTo(3);
        assertThat(cli.run("drop", "--yes", "-f", file).exitCode()).isZero();
        assertThat(cli.everything()).doesNotContain("secret");
    }

    @Test
    void rows_travel_to_another_mysql(Servers servers, @TempDir Path directory) throws Exception {
        Path file = writing(reading(new TwinlogFile(directory, servers, servers.databases())))
                .path();
        second.execute("", "CREATE DATABASE shop");
        second.execute("shop", ITEMS);
        assertReady(file);
        String printed =
                "SELECT concat_ws('|', big, price, ratio, name, note, state, tags, day, at, moment, flags + 0, hex(raw), doc)"
                        + " FROM shop.items WHERE id = ";
        try (JavaProcess run = run(file)) {
            waitUntilApplied(file, run);
            assertThat(value(second, printed + "1")).isNotNull().isEqualTo(value(first, printed + "1"));
            first.execute(
                    "shop",
                    "SET time_zone = '+00:00'",
                    "INSERT INTO items VALUES " + ROW.formatted(2) + ", " + ROW.formatted(3),
                    "UPDATE items SET doc = JSON_SET(doc, '$.b', 3), note = 'changed' WHERE id = 1",
                    "UPDATE items SET doc = JSON_OBJECT('n', CAST('12345678901234567890.12' AS DECIMAL(30,2))) WHERE id = 3",
                    "DELETE FROM items WHERE id = 2");
            waitUntilApplied(file, run);
            assertThat(value(second, printed + "1")).isEqualTo(value(first, printed + "1"));
            assertThat(value(second, "SELECT group_concat(id ORDER BY id) FROM shop.items"))
                    .isEqualTo("1,3");
            // The target would keep a number of the document with fewer digits.
            assertThat(cli.run("conflicts", "list", "-f", file).all()).contains("conversion", "shop.items");
            assertThat(value(second, "SELECT @@GLOBAL.gtid_executed")).contains(":twinlog_");
            stop(run);
        }
        assertThat(cli.run("drop", "--yes", "-f", file).exitCode()).isZero();
        first.execute("shop", "DELETE FROM items WHERE id = 3");
    }

    private void assertReady(Path file) {
        Cli.Result ready = cli.run("doctor", "-f", file);
        assertThat(ready.exitCode()).as(ready.all()).isZero();
    }

    private static JavaProcess run(Path file) {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start();
    }

    private static void stop(JavaProcess run) {
        run.terminate();
        assertThat(run.awaitExit(PATIENCE)).isIn(0, 143);
    }

    private static String statement(String report) {
        int from = report.indexOf("CREATE TABLE");
        return report.substring(from, report.indexOf(';', from));
    }

    private void waitUntilApplied(Path file, JavaProcess run) {
        run.awaitOutput("PRIMARY", PATIENCE);
        Cli.Result result = cli.run("wait", "-f", file, "--timeout", "60s");
        assertThat(result.exitCode()).as(result.all() + run.output()).isZero();
    }
}
