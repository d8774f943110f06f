package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.Main;
import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * MariaDB to MariaDB: every type of docs/types-mariadb.md arrives without loss, by snapshot and by stream, and so does a transaction that
 * is large beside the heap, while capture, applier and servers die in the middle of it (invariants 5, 6, 7, 10). Runs with -Ptwins only:
 * what it is made of is tested in shorter time by capture and applier.
 */
@ExtendWith(Servers.Extension.class)
class MariadbTwinsFaultIT {

    /** {@code -Dtwinlog.big.rows=1000000} takes longer and shows the same. */
    private static final int ROWS = Integer.getInteger("twinlog.big.rows", 20_000);

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Declaration, and two values of it. */
    private static final String[][] TYPES = {
        {"tinyint", "-128", "127"},
        {"tinyint(1)", "-5", "1"},
        {"tinyint unsigned", "255", "0"},
        {"smallint", "-32768", "32767"},
        {"smallint unsigned", "65535", "0"},
        {"mediumint", "-8388608", "8388607"},
        {"mediumint unsigned", "16777215", "0"},
        {"int", "-2147483648", "2147483647"},
        {"int unsigned", "4294967295", "0"},
        {"int(7) zerofill", "42", "0"},
        {"bigint", "-9223372036854775808", "9223372036854775807"},
        {"bigint unsigned", "18446744073709551615", "0"},
        {"decimal(12,2)", "-0.01", "1234567890.12"},
        {"decimal(65,30)", "-12345678901234567890123456789012345.000000000000000000000000000001", "0.1"},
        {"float", "0.1", "3.4028234e38"},
        {"float(7,2)", "12345.67", "-0.01"},
        {"double", "0.1e0+0.2e0", "-1.7976931348623157e308"},
        {"double(10,2)", "0.1", "-12345678.99"},
        {"bit(5)", "b'00101'", "b'11111'"},
        {"bit(64)", "b'1000000000000000000000000000000000000000000000000000000000000011'", "b'0'"},
        {"year", "2155", "0"},
        {"date", "'0000-00-00'", "'9999-12-31'"},
        {"date", "'2024-00-15'", "'1000-01-01'"},
        {"datetime", "'2024-02-29 23:59:59'", "'0000-00-00'"},
        {"datetime(6)", "'1000-01-01 00:00:00.000001'", "'2024-02-00 10:00:00'"},
        {"timestamp(6) NULL", "'2038-01-19 03:14:07.999999'", "'1970-01-01 00:00:01'"},
        {"timestamp NULL", "'0000-00-00 00:00:00'", "'2024-07-01 12:00:00'"},
        {"time(6)", "'-838:59:59.000001'", "'838:59:59'"},
        {"time", "'23:59:59'", "'-00:00:01'"},
        {"char(5) CHARACTER SET utf8mb4", "'ü😀'", "''"},
        {"varchar(20) CHARACTER SET latin1", "'Zürich €'", "'a  '"},
        {"varchar(20) CHARACTER SET utf8mb3", "'žluť'", "''"},
        {"varchar(20) CHARACTER SET utf16", "'𝄞'", "'a'"},
        {"tinytext", "'tiny'", "''"},
        {"text", "'a\\0b'", "'line\\nline'"},
        {"mediumtext", "repeat('é', 70000)", "''"},
        {"longtext", "'long'", "repeat('x', 300000)"},
        {"json", "'{\"a\": [1, 2.50, null], \"a\": 1}'", "'null'"},
        {"enum('new','sold','ü')", "'ü'", "'new'"},
        {"set('a','b','c')", "'a,c'", "''"},
        {"inet4", "'0.0.0.0'", "'255.255.255.0'"},
        {"inet6", "'2001:db8::'", "'::ffff:1.2.3.4'"},
        {"uuid", "'123e4567-e89b-12d3-a456-426655440000'", "'00000000-0000-0000-0000-000000000000'"},
        {"binary(4)", "x'00ff00'", "x'01000000'"},
        {"varbinary(20)", "x'00ff'", "x''"},
        {"tinyblob", "x'00'", "x''"},
        {"blob", "x'deadbeef00'", "x''"},
        {"longblob", "repeat(x'00ff', 70000)", "x''"},
        {"geometry", "ST_GeomFromText('POINT(1 2)', 4326)", "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')"},
        {"polygon", "ST_GeomFromText('POLYGON((0 0,4 0,4 4,0 0))')", "ST_GeomFromText('POLYGON((1 1,2 1,2 2,1 1))')"},
    };

    private final Cli cli = new Cli();

    private static String create() {
        StringBuilder columns = new StringBuilder("CREATE TABLE shop.every (id int PRIMARY KEY");
        for (int i = 0; i < TYPES.length; i++) {
            columns.append(", c").append(i).append(' ').append(TYPES[i][0]);
        }
        return columns.append(", g int AS (id * 2) STORED) CHARACTER SET utf8mb4")
                .toString();
    }

    private static String insert(int id, int value) {
        StringBuilder names = new StringBuilder("id");
        StringBuilder values = new StringBuilder().append(id);
        for (int i = 0; i < TYPES.length; i++) {
            names.append(", c").append(i);
            values.append(", ").append(value == 0 ? "NULL" : TYPES[i][value]);
        }
        return "INSERT INTO shop.every (" + names + ") VALUES (" + values + ")";
    }

    private static String update(int id, int value) {
        StringBuilder changes = new StringBuilder("UPDATE shop.every SET c0 = c0");
        for (int i = 0; i < TYPES.length; i++) {
            changes.append(", c").append(i).append(" = ").append(TYPES[i][value]);
        }
        return changes + " WHERE id = " + id;
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void every_type_and_a_large_transaction_arrive_through_deaths_of_all_parts(Servers servers, @TempDir Path directory)
            throws Exception {
        String name = servers.databases();
        try (EmbeddedMariadb source = EmbeddedMariadb.builder().password("x").start();
                EmbeddedMariadb target =
                        EmbeddedMariadb.builder().withoutBinlog().password("x").start()) {
            for (EmbeddedMariadb server : List.of(source, target)) {
                // What a column of float(7,2) holds fits into a float; the other way round nothing says so.
                String every = server == source ? create() : create().replaceAll("(float|double)\\(\\d+,2\\)", "$1");
                server.execute(
                        "",
                        "CREATE DATABASE shop",
                        every,
                        "CREATE TABLE shop.big (id bigint PRIMARY KEY, a int, note varchar(40), at timestamp(6) NULL)");
            }
            String session = "SET SESSION sql_mode = '', time_zone = '+00:00'";
            source.execute("", session, insert(1, 1), insert(2, 2), insert(3, 0), insert(4, 1));
            Path file = new TwinlogFile(directory, servers, name)
                    .with("source.url", source.jdbcUrl(""))
                    .with("source.user", source.user())
                    .with("source.password", "x")
                    .with("source.tables", "[\"shop.*\"]")
                    .with("target.url", target.jdbcUrl(""))
                    .with("target.user", target.user())
                    .with("target.password", "x")
                    .path();
            List<JavaProcess> processes = new ArrayList<>();
            try {
                JavaProcess capture = launch(processes, "capture", file);
                JavaProcess apply = launch(processes, "apply", file);
                awaitApplied(file, capture, apply);
                assertEqual(source, target, "shop.every");

                // Somebody holds the last key of the transaction, so that it is open when the applier dies.
                Connection holder = target.connect("shop");
                holder.setAutoCommit(false);
                try (Statement statement = holder.createStatement()) {
                    statement.execute("INSERT INTO big (id) VALUES (" + ROWS + ")");
                }
                source.execute(
                        "shop",
                        session,
                        insert(11, 1),
                        insert(12, 2),
                        insert(13, 0),
                        update(1, 2),
                        update(2, 1),
                        update(3, 1),
                        "DELETE FROM shop.every WHERE id = 4",
                        "INSERT INTO shop.big SELECT seq, seq % 100, md5(seq), now(6) FROM seq_1_to_" + ROWS);
                capture.kill();
                capture = launch(processes, "capture", file);
                Awaitility.await("the transaction waits for its last row")
                        .atMost(PATIENCE)
                        // The server makes this table anew only if nobody has read it for 100 ms.
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> text(
                                        target,
                                        "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
                                .equals("1"));
                apply.kill();
                source.kill();
                source.start();
                target.kill();
                target.start();
                assertThat(text(target, "SELECT count(*) FROM shop.big")).isEqualTo("0");
                apply = launch(processes, "apply", file);
                source.execute("", "UPDATE shop.big SET a = a + 1, note = NULL WHERE id % 10 = 0");
                awaitApplied(file, capture, apply);

                assertEqual(source, target, "shop.every");
                assertEqual(source, target, "shop.big");
                assertThat(text(target, "SELECT count(*) FROM shop.big")).isEqualTo(String.valueOf(ROWS));
                assertThat(cli.run("conflicts", "list", "-f", file).all()).contains("No open conflicts");
            } finally {
                processes.forEach(JavaProcess::close);
            }
        }
    }

    private static JavaProcess launch(List<JavaProcess> processes, String command, Path file) throws Exception {
        JavaProcess process = JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .option("-XX:+ExitOnOutOfMemoryError")
                .arguments(command, "-f", file.toString())
                .start();
        processes.add(process);
        return process;
    }

    private void awaitApplied(Path file, JavaProcess capture, JavaProcess apply) {
        capture.awaitOutput("PRIMARY", PATIENCE);
        Cli.Result result = cli.run("wait", "-f", file, "--timeout", "240s");
        assertThat(result.exitCode())
                .as(result.all() + capture.output() + apply.output())
                .isZero();
    }

    private static void assertEqual(EmbeddedMariadb source, EmbeddedMariadb target, String table) {
        String rows = "SELECT count(*) FROM " + table;
        assertThat(text(target, rows)).as("rows of " + table).isEqualTo(text(source, rows));
        assertThat(checksum(target, table)).as("checksum of " + table).isEqualTo(checksum(source, table));
    }

    private static String checksum(EmbeddedMariadb server, String table) {
        return cell(server, "CHECKSUM TABLE " + table + " EXTENDED", 2);
    }

    private static String text(EmbeddedMariadb server, String query) {
        return cell(server, query, 1);
    }

    private static String cell(EmbeddedMariadb server, String query, int column) {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(column);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }
}
