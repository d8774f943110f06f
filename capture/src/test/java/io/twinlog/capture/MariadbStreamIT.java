package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What becomes of MariaDB's transactions on the topics. */
class MariadbStreamIT {

    private final MariadbBed source = MariadbBed.create(Servers.mariadb());

    @Test
    void transactions_are_numbered_densely_with_their_gtid_and_foreign_ones_with_their_origin() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(10))", "CREATE TABLE other (id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE, source.name() + ".t"))) {
            run.awaitStreaming();
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
                statement.execute("INSERT INTO other VALUES (1)");
                statement.execute("UPDATE t SET v = 'A' WHERE id = 1");
                statement.execute("SAVEPOINT s");
                statement.execute("DELETE FROM t");
                statement.execute("ROLLBACK TO s");
                connection.commit();
                statement.execute("INSERT INTO other VALUES (2)");
                connection.commit();
                statement.execute("INSERT INTO t VALUES (3, 'c')");
                connection.rollback();
                statement.execute("SET SESSION gtid_domain_id = 7, server_id = 99");
                statement.execute("UPDATE t SET id = 20 WHERE id = 2");
                connection.commit();
            }
            source.sql("FLUSH BINARY LOGS", "TRUNCATE TABLE t", "INSERT INTO t VALUES (9, 'z')");

            Xlog xlog = source.awaitAll();

            List<Xlog.Transaction> transactions = xlog.transactions();
            assertThat(transactions).hasSize(4);
            assertThat(transactions.get(0).events())
                    .extracting(DataEvent::operation)
                    .containsExactly(Operation.INSERT, Operation.INSERT, Operation.UPDATE);
            assertThat(Objects.requireNonNull(
                                    transactions.get(0).events().get(2).before())
                            .value(1))
                    .isEqualTo("a");
            assertThat(transactions.get(0).begin().detail("gtid")).startsWith("0-1-");
            assertThat(transactions.get(0).begin().origin()).isNull();
            assertThat(transactions.get(1).begin().detail("gtid")).startsWith("7-99-");
            assertThat(transactions.get(1).begin().origin()).isEqualTo("7-99");
            assertThat(transactions.get(1).events())
                    .extracting(DataEvent::operation)
                    .containsExactly(Operation.DELETE, Operation.INSERT);
            assertThat(transactions.get(2).events())
                    .extracting(DataEvent::operation)
                    .containsExactly(Operation.TRUNCATE);
            assertThat(xlog.replay("t", "id")).containsOnlyKeys("9");
        }
    }

    @Test
    void definitions_change_in_mid_stream() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, a int, b int)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql(
                    "INSERT INTO t VALUES (1, 10, 11)",
                    "ALTER TABLE t ADD c varchar(5) FIRST, DROP a",
                    "INSERT INTO t VALUES ('x', 2, 22)",
                    "ALTER TABLE t MODIFY b bigint unsigned, RENAME COLUMN c TO d",
                    "INSERT INTO t VALUES ('y', 3, 18446744073709551615)",
                    "RENAME TABLE t TO u",
                    "INSERT INTO u VALUES ('z', 4, 1)",
                    "CREATE TABLE gone (id int PRIMARY KEY, k binary(4))",
                    "INSERT INTO gone VALUES (1, x'01')",
                    "DROP TABLE gone");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events().stream().map(Xlog::describe).map(text -> text.replaceAll(".* -> ", "")))
                    .containsExactly(
                            "{id=1, a=10, b=11} unchanged [] linked -",
                            "{c=x, id=2, b=22} unchanged [] linked -",
                            "{d=y, id=3, b=18446744073709551615} unchanged [] linked -",
                            "{d=z, id=4, b=1} unchanged [] linked -",
                            "{id=1, k=\\x01000000} unchanged [] linked -");
        }
    }

    @Test
    void events_above_the_size_of_a_packet_arrive_whole() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v longblob)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            int packet = (1 << 24) - 1;
            Servers.mariadb().execute("", "SET GLOBAL max_allowed_packet = 67108864");
            source.sql("INSERT INTO t VALUES (1, repeat('x', " + (packet + 5) + "))", "INSERT INTO t VALUES (2, 'y')");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events()).hasSize(2);
            assertThat((byte[])
                            Objects.requireNonNull(xlog.events().get(0).after()).value(1))
                    .hasSize(packet + 5);
        }
    }

    @Test
    void initial_sync_beside_writers_and_its_resumption_lose_and_double_nothing() throws Exception {
        source.sql(
                "CREATE TABLE t (id bigint unsigned PRIMARY KEY, v int)",
                "INSERT INTO t SELECT seq * 3, 0 FROM " + "seq_1_to_120000",
                "CREATE TABLE c (code varchar(20) PRIMARY KEY, v int)",
                "INSERT INTO c SELECT concat('k', seq), 0 FROM seq_1_to_500");
        try (io.twinlog.capture.bed.Load load = io.twinlog.capture.bed.Load.start(source, 2, 3, (random, writer) -> {
            int key = random.nextInt(400_000);
            return switch (random.nextInt(4)) {
                case 0 -> "INSERT IGNORE INTO t VALUES (" + key + ", 1)";
                case 1 -> "UPDATE t SET v = v + 1 WHERE id BETWEEN " + key + " AND " + (key + 20);
                case 2 -> "DELETE FROM t WHERE id = " + key;
                default -> "UPDATE c SET v = v + 1 WHERE code = 'k" + random.nextInt(500) + "'";
            };
        })) {
            try (io.twinlog.sandbox.JavaProcess process =
                    io.twinlog.capture.bed.CaptureProcess.start(source.config(SnapshotMode.INITIAL), "256m")) {
                Xlog.awaitControl(source, ControlKind.END, 1);
                process.kill();
            }
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
                run.awaitStreaming();
                load.close();
                Xlog xlog = source.awaitAll();
                assertThat(xlog.control(ControlKind.EPOCH)).hasSize(2);
                assertThat(xlog.replay("t", "id"))
                        .hasSize(Integer.parseInt(
                                source.query("SELECT count(*) FROM t").get(0)));
                assertThat(xlog.replay("t", "id").values().stream()
                                .map(row -> row.get("id") + "=" + row.get("v"))
                                .sorted()
                                .toList())
                        .isEqualTo(source.query("SELECT concat(id, '=', v) FROM t").stream()
                                .sorted()
                                .toList());
                assertThat(xlog.replay("c", "code").values().stream()
                                .map(row -> row.get("code") + "=" + row.get("v"))
                                .sorted()
                                .toList())
                        .isEqualTo(source.query("SELECT concat(code, '=', v) FROM c").stream()
                                .sorted()
                                .toList());
            }
        }
    }

    @Test
    void other_tables_begin_a_new_epoch_so_that_numbers_keep_their_meaning() {
        source.sql("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE b (id int PRIMARY KEY)");
        String a = source.name() + ".a";
        String b = source.name() + ".b";
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.NONE, a)).awaitStreaming()) {
            source.sql("INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)");
            assertThat(source.awaitAll().events()).hasSize(1);
        }
        source.sql("INSERT INTO b VALUES (2)", "INSERT INTO a VALUES (2)");
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.NONE, a, b)).awaitStreaming()) {
            assertThat(run.messages()).anyMatch(line -> line.contains("source.tables has changed"));
            Xlog xlog = source.awaitAll();
            assertThat(xlog.transactions()).hasSize(3);
            assertThat(xlog.control(ControlKind.EPOCH)).hasSize(2);
            assertThat(xlog.replay("b", "id")).containsOnlyKeys("2");
        }
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.NONE, a, b)).awaitStreaming()) {
            source.sql("INSERT INTO b VALUES (3)");
            assertThat(source.awaitAll().control(ControlKind.EPOCH)).hasSize(2);
        }
    }

    @Test
    void statements_of_all_kinds_that_change_rows_are_followed() {
        source.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v varchar(10), UNIQUE (v))",
                "CREATE TABLE aria (id int PRIMARY KEY) ENGINE = Aria",
                "CREATE SEQUENCE s",
                "CREATE TABLE log (id int AUTO_INCREMENT PRIMARY KEY, what varchar(10))",
                "CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW INSERT INTO log (what) VALUES (NEW.v)",
                "CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql(
                    "CREATE TABLE made (id int PRIMARY KEY) SELECT 1 AS id UNION SELECT 2",
                    "CREATE OR REPLACE TABLE made (id int PRIMARY KEY) SELECT 3 AS id",
                    "INSERT INTO aria VALUES (1), (2)",
                    "DELETE FROM aria WHERE id = 1",
                    "INSERT INTO t SELECT NEXT VALUE FOR s, 'a'",
                    "INSERT INTO t VALUES (1, 'b') ON DUPLICATE KEY UPDATE v = 'c'",
                    "REPLACE INTO t VALUES (7, 'c')",
                    "CREATE TEMPORARY TABLE temp (id int PRIMARY KEY)",
                    "INSERT INTO temp VALUES (1)",
                    "INSERT INTO parted SELECT seq FROM seq_1_to_9",
                    "TRUNCATE parted",
                    "INSERT INTO parted VALUES (10)",
                    "XA START 'x'",
                    "INSERT INTO mysql.time_zone (Use_leap_seconds) VALUES ('N')",
                    "XA END 'x'",
                    "XA PREPARE 'x'",
                    "XA ROLLBACK 'x'",
                    "DROP SEQUENCE s");
            Xlog xlog = source.awaitAll();
            assertThat(run.messages()).noneMatch(line -> line.contains("Trying again"));
            assertThat(xlog.replay("aria", "id")).containsOnlyKeys("2");
            assertThat(xlog.replay("t", "id")).containsOnlyKeys("7");
            assertThat(xlog.replay("log", "id")).hasSize(2);
            assertThat(xlog.replay("parted", "id")).containsOnlyKeys("10");
            assertThat(xlog.replay("made", "id")).containsOnlyKeys("1", "2", "3");
        }
    }

    @Test
    void what_cannot_be_captured_is_named_before_the_start() {
        source.sql(
                "CREATE TABLE good (id int PRIMARY KEY)",
                "CREATE TABLE nokey (id int)",
                "CREATE TABLE child (id int PRIMARY KEY, g int, FOREIGN KEY (g) REFERENCES good (id) ON DELETE CASCADE)",
                "CREATE TABLE packed (id int PRIMARY KEY, v text COMPRESSED)",
                "CREATE TABLE chinese (id int PRIMARY KEY, v varchar(5) CHARACTER SET gbk)",
                "CREATE TABLE aria (id int PRIMARY KEY) ENGINE = Aria",
                "CREATE TABLE versioned (id int PRIMARY KEY) WITH SYSTEM VERSIONING",
                "CREATE VIEW v AS SELECT 1 AS id");
        try (Capture capture = new Capture(source.config(SnapshotMode.INITIAL), new SilentListener())) {
            assertThat(capture.check().stream()
                            .filter(Check::hinders)
                            .map(check -> check.subject() + ": " + check.message()))
                    .hasSize(6)
                    .anyMatch(line -> line.contains(".nokey: It has no primary key"))
                    .anyMatch(line -> line.contains(".child: Foreign keys change its rows"))
                    .anyMatch(line -> line.contains(".packed: Column v has the type"))
                    .anyMatch(line -> line.contains(".chinese: Column v has the character set gbk"))
                    .anyMatch(line -> line.contains(".aria: Its engine Aria has no consistent snapshot"))
                    .anyMatch(line -> line.contains(".versioned: System-versioned"));
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
            assertThat(run.awaitFailure().category()).isEqualTo(Category.CONFIG);
        }
    }

    @Test
    void statements_and_partial_rows_in_the_log_stop_capture_and_loss_can_be_accepted() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v int, w int)", "INSERT INTO t VALUES (1, 1, 1)");
        for (String setting : List.of("binlog_format = STATEMENT", "binlog_row_image = MINIMAL")) {
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
                run.awaitStreaming();
                source.sql("SET SESSION " + setting, "UPDATE t SET v = v + 1");
                TwinlogException failure = run.awaitFailure();
                assertThat(failure.category()).isEqualTo(Category.SCHEMA);
                assertThat(failure).hasMessageContaining(setting.replaceAll(" =.*", ""));
            }
            try (Capture capture = new Capture(source.config(SnapshotMode.NONE), new SilentListener())) {
                capture.acceptLoss("tried", "test");
            }
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql("UPDATE t SET w = 5");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.control(ControlKind.GAP)).hasSize(2);
            assertThat(xlog.events()).hasSize(1);
        }
    }

    private static final class SilentListener implements CaptureListener {
        @Override
        public void state(io.twinlog.schemas.status.MemberStatus status) {}

        @Override
        public void message(String line) {}
    }
}
