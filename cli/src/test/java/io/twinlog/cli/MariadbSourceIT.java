package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.SelfSigned;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A MariaDB replicated into a PostgreSQL by the command line alone. */
@ExtendWith(Servers.Extension.class)
class MariadbSourceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String ITEMS =
            "CREATE TABLE items (id int unsigned PRIMARY KEY, tiny tinyint(1), big bigint unsigned,"
                    + " price decimal(12,2) NOT NULL, ratio double, f float, name varchar(40) CHARACTER SET latin1, note text,"
                    + " state enum('new','sold'), tags set('a','b'), day date, at datetime(6), moment timestamp(3) NULL, span time(6),"
                    + " flags bit(5), raw varbinary(20), uid %s, addr inet6, born year, place point, doc json)";

    private static final String ROW =
            "(%d, 1, 18446744073709551615, 12.50, 0.1, 0.1, 'Zürich €', 'ü😀', 'sold', 'a,b', '2024-02-29',"
                    + " '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.987', '23:59:59.5', b'00101', x'00ff',"
                    + " '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1', 2024, ST_GeomFromText('POINT(1 2)'), '{\"a\": 1}')";

    private static final String EXPECTED = "1|18446744073709551615|12.50|0.1|0.1|Zürich €|ü😀|sold|a,b|2024-02-29|"
            + "2024-02-29 23:59:59.123456|2024-02-29 23:59:59.987+00|23:59:59.5|00101|\\x00ff|"
            + "123e4567-e89b-12d3-a456-426655440000|2001:db8::1|2024|"
            + "\\x000000000101000000000000000000f03f0000000000000040|{\"a\": 1}";

    private static final String PRINTED =
            "SELECT concat_ws('|', tiny, big, price, ratio, f, name, note, state, tags, day, at,"
                    + " to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') || '+00', span, flags, raw, uid, addr, born, place,"
                    + " doc) FROM shop.items WHERE id = ";

    @Test
    void rows_travel_from_mariadb_to_postgresql(Servers servers, @TempDir Path directory) throws Exception {
        String name = servers.databases();
        Cli cli = new Cli();
        SelfSigned identity = SelfSigned.create(directory, "source");
        try (EmbeddedMariadb mariadb = EmbeddedMariadb.builder()
                .password(Servers.PASSWORD)
                .requiringTls(identity)
                .start()) {
            mariadb.execute(
                    "",
                    "CREATE DATABASE shop",
                    "CREATE USER twinlog@'%' IDENTIFIED BY 'secret'",
                    "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO twinlog@'%'",
                    "GRANT SELECT ON shop.* TO twinlog@'%'");
            mariadb.execute(
                    "shop",
                    ITEMS.formatted(mariadb.knows("uuid") ? "uuid" : "char(36)"),
                    "SET time_zone = '+00:00'",
                    "INSERT INTO items VALUES " + ROW.formatted(1));
            Path file = new TwinlogFile(directory, servers, name)
                    .with("source.url", encrypted(mariadb, identity))
                    .with("source.user", "twinlog")
                    .with("source.password", "secret")
                    .with("source.tables", "[\"shop.*\"]")
                    .path();

            Cli.Result before = cli.run("doctor", "-f", file);
            assertThat(before.exitCode()).isEqualTo(2);
            assertThat(before.all()).contains("table shop.items", "CREATE SCHEMA IF NOT EXISTS \"shop\"; CREATE TABLE");
            servers.target().execute(name, "CREATE SCHEMA shop", statement(before.all()));
            assertThat(cli.run("doctor", "-f", file))
                    .satisfies(result ->
                            assertThat(result.exitCode()).as(result.all()).isZero());

            try (JavaProcess run = JavaProcess.of(Main.class)
                    .likeLauncher("512m")
                    .arguments("run", "-f", file.toString())
                    .start()) {
                waitUntilApplied(cli, file, run);
                assertThat(Servers.value(servers.target(), name, PRINTED + "1")).isEqualTo(EXPECTED);

                mariadb.execute(
                        "shop",
                        "SET time_zone = '+00:00'",
                        "SET sql_mode = ''",
                        "INSERT INTO items VALUES " + ROW.formatted(2),
                        "UPDATE items SET note = 'changed', price = price + 1 WHERE id = 1",
                        "INSERT INTO items (id, price, day) VALUES (3, 1, '0000-00-00'), (4, 1, '2024-01-01')",
                        "DELETE FROM items WHERE id = 4");
                waitUntilApplied(cli, file, run);

                assertThat(Servers.value(servers.target(), name, PRINTED + "2")).isEqualTo(EXPECTED);
                assertThat(Servers.value(servers.target(), name, "SELECT note || price FROM shop.items WHERE id = 1"))
                        .isEqualTo("changed13.50");
                assertThat(Servers.value(
                                servers.target(), name, "SELECT string_agg(id::text, ',' ORDER BY id) FROM shop.items"))
                        .isEqualTo("1,2");
                // No date of PostgreSQL is equal to the zero date: the row is parked, and nothing else.
                assertThat(cli.run("conflicts", "list", "-f", file).all()).contains("conversion", "shop.items");
                assertThat(cli.run("status", "-f", file).all()).contains("binlog.0000");
                run.terminate();
                assertThat(run.awaitExit(PATIENCE)).isIn(0, 143);
            }
            mariadb.execute("shop", "RESET MASTER");
            Cli.Result gap = cli.run("run", "-f", file);
            assertThat(gap.exitCode()).as(gap.all()).isEqualTo(3);
            assertThat(cli.run("drop", "--yes", "-f", file).exitCode()).isZero();
            assertThat(cli.everything()).doesNotContain("secret");
        }
    }

    /** As docs/security.md has it. */
    private static String encrypted(EmbeddedMariadb server, SelfSigned identity) {
        return "jdbc:mariadb://127.0.0.1:" + server.port() + "/?sslMode=verify-full&serverSslCert="
                + identity.certificate();
    }

    private static String statement(String report) {
        int from = report.indexOf("CREATE TABLE");
        return report.substring(from, report.indexOf(';', from));
    }

    private static void waitUntilApplied(Cli cli, Path file, JavaProcess run) {
        run.awaitOutput("PRIMARY", PATIENCE);
        Cli.Result result = cli.run("wait", "-f", file, "--timeout", "60s");
        assertThat(result.exitCode()).as(result.all() + run.output()).isZero();
    }
}
