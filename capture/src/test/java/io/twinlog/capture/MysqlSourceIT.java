package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Load;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedMysql;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What MySQL does as a source beside its stream of changes. Runs with -Pmysql only. */
class MysqlSourceIT {

    @Test
    void initial_sync_beside_writers_and_its_resumption_lose_and_double_nothing() throws Exception {
        MariadbBed source = MariadbBed.create(Servers.mysql());
        source.sql(
                "SET cte_max_recursion_depth = 100000",
                "CREATE TABLE t (id bigint unsigned PRIMARY KEY, v int)",
                "INSERT INTO t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 60000)"
                        + " SELECT n * 3, 0 FROM s");
        try (Load load = Load.start(source, 2, 3, (random, writer) -> {
            int key = random.nextInt(200_000);
            return switch (random.nextInt(3)) {
                case 0 -> "INSERT IGNORE INTO t VALUES (" + key + ", 1)";
                case 1 -> "UPDATE t SET v = v + 1 WHERE id BETWEEN " + key + " AND " + (key + 20);
                default -> "DELETE FROM t WHERE id = " + key;
            };
        })) {
            try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.INITIAL), "256m")) {
                Xlog.awaitControl(source, ControlKind.END, 1);
                process.kill();
            }
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
                run.awaitStreaming();
                load.close();
                assertThat(rows(source.awaitAll(), "t")).isEqualTo(sorted(source, "t"));
            }
        }
    }

    private static List<String> rows(Xlog xlog, String table) {
        return xlog.replay(table, "id").values().stream()
                .map(row -> row.get("id") + "=" + row.get("v"))
                .sorted()
                .toList();
    }

    private static List<String> sorted(MariadbBed source, String table) {
        return source.query("SELECT concat(id, '=', v) FROM " + table).stream()
                .sorted()
                .toList();
    }

    @Test
    void a_server_without_gtids_is_followed_over_its_death_and_known_from_another_one() {
        try (EmbeddedMysql server = EmbeddedMysql.builder()
                .setting("gtid_mode", "OFF")
                .setting("enforce_gtid_consistency", "OFF")
                .start()) {
            MariadbBed source = MariadbBed.create(server);
            source.sql("CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 1)");
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
                run.awaitStreaming();
                source.sql("INSERT INTO t VALUES (2, 2)");
                server.kill();
                server.start();
                source.sql("INSERT INTO t VALUES (3, 3)", "UPDATE t SET v = 5 WHERE id = 1");
                Xlog xlog = source.awaitAll();
                assertThat(rows(xlog, "t")).containsExactly("1=5", "2=2", "3=3");
                assertThat(xlog.transactions().get(1).begin().origin()).isNull();
                assertThat(xlog.events(Operation.INSERT)).hasSize(2);
            }
            source.sql("INSERT INTO t VALUES (4, 4)");
            server.stop();
            delete(server.dataDir().resolve("auto.cnf"));
            server.start();
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
                TwinlogException failure = run.awaitFailure();
                assertThat(failure.category()).isEqualTo(Category.GAP);
                assertThat(failure).hasMessageContaining("server_uuid");
            }
        }
    }

    private static void delete(java.nio.file.Path file) {
        try {
            java.nio.file.Files.delete(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void rows_that_foreign_keys_change_are_captured() {
        MariadbBed source = MariadbBed.create(Servers.mysql());
        source.sql(
                "CREATE TABLE parent (id int PRIMARY KEY)",
                "CREATE TABLE child (id int PRIMARY KEY, g int, FOREIGN KEY (g) REFERENCES parent (id) ON DELETE CASCADE)",
                "CREATE TABLE made (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql(
                    "INSERT INTO parent VALUES (1), (2)",
                    "INSERT INTO child VALUES (10, 1), (20, 2)",
                    "DELETE FROM parent WHERE id = 1",
                    "CREATE TABLE copied (id int PRIMARY KEY) SELECT id FROM parent",
                    "INSERT INTO made VALUES (1), (2), (3)",
                    "TRUNCATE made",
                    "INSERT INTO made VALUES (4)",
                    "CREATE TEMPORARY TABLE temp (id int PRIMARY KEY)",
                    "INSERT INTO temp VALUES (1)",
                    "CREATE TABLE other (id int PRIMARY KEY) ENGINE = MyISAM",
                    "INSERT INTO other VALUES (1), (2)");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.replay("child", "id")).containsOnlyKeys("20");
            assertThat(xlog.replay("copied", "id")).containsOnlyKeys("2");
            assertThat(xlog.replay("made", "id")).containsOnlyKeys("4");
            assertThat(xlog.replay("other", "id")).containsOnlyKeys("1", "2");
            assertThat(run.messages()).noneMatch(line -> line.contains("Trying again"));
        }
    }

    @Test
    void statements_partial_rows_and_documents_and_xa_stop_capture() throws Exception {
        MariadbBed source = MariadbBed.create(Servers.mysql());
        source.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v int, d json)",
                "INSERT INTO t VALUES (1, 1, JSON_OBJECT('a', repeat('x', 5000), 'b', 1))");
        List<String[]> refused = List.of(
                new String[] {"SET SESSION binlog_format = STATEMENT", "UPDATE t SET v = v + 1", "binlog_format"},
                new String[] {"SET SESSION binlog_row_image = MINIMAL", "UPDATE t SET v = v + 1", "binlog_row_image"},
                new String[] {
                    "SET SESSION binlog_row_value_options = PARTIAL_JSON",
                    "UPDATE t SET d = JSON_SET(d, '$.b', 2)",
                    "binlog_row_value_options"
                },
                new String[] {"XA START 'x'", "UPDATE t SET v = v + 1; XA END 'x'; XA PREPARE 'x'; XA COMMIT 'x'", "XA"
                });
        for (String[] each : refused) {
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
                run.awaitStreaming();
                String[] statements = (each[0] + "; " + each[1]).split("; ", -1);
                source.sql(statements);
                TwinlogException failure = run.awaitFailure();
                assertThat(failure.category()).as(each[2]).isEqualTo(Category.SCHEMA);
                assertThat(failure).hasMessageContaining(each[2]);
            }
            try (Capture capture = new Capture(source.config(SnapshotMode.NONE), new SilentListener())) {
                capture.acceptLoss("tried", "test");
            }
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            run.awaitStreaming();
            source.sql("UPDATE t SET v = 50");
            assertThat(source.awaitAll().events()).hasSize(1);
        }
    }

    @Test
    void what_is_missing_is_named_before_the_start() {
        MariadbBed source = MariadbBed.create(Servers.mysql());
        source.sql("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE nokey (id int)");
        Servers.mysql()
                .execute(
                        "",
                        "SET GLOBAL binlog_row_metadata = MINIMAL",
                        "SET GLOBAL binlog_row_value_options = PARTIAL_JSON");
        try (Capture capture = new Capture(source.config(SnapshotMode.NONE), new SilentListener())) {
            assertThat(capture.check().stream().filter(Check::hinders).map(Check::message))
                    .anyMatch(line -> line.startsWith("binlog_row_metadata is MINIMAL"))
                    .anyMatch(line -> line.startsWith("binlog_row_value_options is PARTIAL_JSON"))
                    .anyMatch(line -> line.contains("no primary key"))
                    .hasSize(3);
        } finally {
            Servers.mysql()
                    .execute("", "SET GLOBAL binlog_row_metadata = FULL", "SET GLOBAL binlog_row_value_options = ''");
        }
    }

    private static final class SilentListener implements CaptureListener {
        @Override
        public void state(MemberStatus status) {}

        @Override
        public void message(String line) {}
    }
}
