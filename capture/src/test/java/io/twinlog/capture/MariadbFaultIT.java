package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Load;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Capture and server die; the log goes on, or is not the one that it was. On a server of its own, whose log is harmed. */
class MariadbFaultIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedMariadb mariadb;

    @BeforeAll
    static void start() {
        mariadb = EmbeddedMariadb.builder()
                .setting("loose_slave_connections_needed_for_purge", "0")
                .start();
    }

    @AfterAll
    static void stop() {
        mariadb.close();
    }

    private final MariadbBed source = MariadbBed.create(mariadb);

    /** The instant of a kill is the input of a test, not a condition that it waits for. */
    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    @Test
    void killed_again_and_again_under_load_it_repeats_identically_and_loses_nothing() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v int, w text)");
        Random random = new Random(4711);
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        try (Load load = Load.start(source, 2, 5, (choice, writer) -> {
            int key = choice.nextInt(5_000) * 2 + writer;
            return switch (choice.nextInt(6)) {
                case 0, 1 -> "INSERT INTO t VALUES (" + key + ", 0, repeat('x', " + choice.nextInt(300) + "))";
                case 2 -> "UPDATE t SET v = v + 1 WHERE id BETWEEN " + key + " AND " + (key + 50);
                case 3 -> "DELETE FROM t WHERE id BETWEEN " + key + " AND " + (key + 10);
                case 4 -> "UPDATE t SET id = -id WHERE id = " + key;
                default -> "INSERT IGNORE INTO t SELECT 100000 + " + key * 100 + " + seq, 1, 'many' FROM seq_1_to_50";
            };
        })) {
            for (int kill = 0; kill < 3; kill++) {
                try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "256m")) {
                    process.awaitOutput("STATE PRIMARY", PATIENCE);
                    pause(random.nextInt(1500));
                    process.kill();
                }
                mariadb.execute("", "FLUSH BINARY LOGS");
            }
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = source.awaitAll();
            assertThat(xlog.transactions()).hasSizeGreaterThan(100);
            assertThat(xlog.replay("t", "id").values().stream()
                            .map(row -> row.get("id") + "=" + row.get("v") + "=" + row.get("w"))
                            .sorted()
                            .toList())
                    .isEqualTo(source.query("SELECT concat(id, '=', v, '=', w) FROM t").stream()
                            .sorted()
                            .toList());
            assertThat(xlog.repetitions()).as("the kills hit something").isPositive();
        }
    }

    @Test
    void a_killed_server_is_an_outage_that_heals() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (1)");
            mariadb.kill();
            mariadb.start();
            source.sql("INSERT INTO t VALUES (2)");
            mariadb.restart();
            source.sql("INSERT INTO t VALUES (3)");
            assertThat(source.awaitAll().replay("t", "id")).hasSize(3);
            assertThat(run.messages()).anyMatch(line -> line.contains("Trying again"));
        }
    }

    /** As a server leaves its log that died in the middle of writing a transaction. */
    @Test
    void a_transaction_that_the_source_never_finished_is_void() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(100))", "INSERT INTO t VALUES (0, 'before')");
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        source.sql(
                "INSERT INTO t VALUES (1, 'whole')", "INSERT INTO t SELECT seq, repeat('x', 100) FROM seq_2_to_1000");
        String file = source.query("SHOW MASTER STATUS").get(0);
        List<Long> rowEvents = new ArrayList<>();
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                ResultSet event = statement.executeQuery("SHOW BINLOG EVENTS IN '" + file + "'")) {
            while (event.next()) {
                if (event.getString("Event_type").startsWith("Write_rows")) {
                    rowEvents.add(event.getLong("Pos"));
                }
            }
        }
        mariadb.stop();
        try (FileChannel channel = FileChannel.open(mariadb.dataDir().resolve(file), StandardOpenOption.WRITE)) {
            channel.truncate(rowEvents.get(rowEvents.size() - 2));
        }
        mariadb.start();
        source.sql("INSERT INTO t VALUES (5000, 'after')");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = source.awaitAll();
            assertThat(xlog.replay("t", "id")).containsOnlyKeys("1", "5000");
            assertThat(xlog.control(ControlKind.EPOCH).get(1).detail("reason")).isEqualTo("source-died");
            assertThat(run.messages()).anyMatch(line -> line.contains("died while it wrote"));
        }
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
    }

    @Test
    void a_second_capture_is_kept_out_by_name() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming();
                CaptureRun second = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            TwinlogException failure = second.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure).hasMessageContaining("captured already").hasMessageContaining("KILL");
            source.sql("INSERT INTO t VALUES (1)");
            assertThat(source.awaitAll().events()).hasSize(1);
        }
    }

    @Test
    void a_purged_log_is_a_gap() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)");
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        source.sql("INSERT INTO t VALUES (1)", "FLUSH BINARY LOGS");
        String newest = source.query("SHOW MASTER STATUS").get(0);
        // A log is not purged while the connection of a reader that has gone is still there.
        Awaitility.await().until(() -> {
            source.sql("PURGE BINARY LOGS TO '" + newest + "'");
            return source.query("SHOW BINARY LOGS").get(0).equals(newest);
        });
        assertGap("any more");
    }

    @Test
    void a_log_that_was_reset_is_a_gap_also_where_it_has_grown_as_long_again() {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)", "RESET MASTER", "INSERT INTO t VALUES (1)");
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        source.sql("RESET MASTER");
        assertGap("shorter than what was captured");
        source.sql("DELETE FROM t", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
        assertGap("is another one");
    }

    @Test
    void a_log_that_was_reset_and_has_the_same_gtids_at_the_same_places_is_a_gap() throws Exception {
        source.sql("CREATE TABLE t (id int PRIMARY KEY)", "RESET MASTER", "INSERT INTO t VALUES (1)");
        long begun = System.currentTimeMillis() / 1000;
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        source.sql("SET SESSION sql_log_bin = 0", "DELETE FROM t");
        Awaitility.await().until(() -> System.currentTimeMillis() / 1000 > begun + 1);
        source.sql("RESET MASTER", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
        assertGap("was begun at second");
    }

    private void assertGap(String message) {
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.GAP);
            assertThat(failure).hasMessageContaining(message).hasMessageContaining("accept-loss");
        }
    }

    @Test
    void a_large_transaction_fits_into_a_small_heap() throws Exception {
        int rows = 200_000;
        source.sql("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "160m")) {
            process.awaitOutput("STATE PRIMARY", PATIENCE);
            source.sql(
                    "INSERT INTO t SELECT seq, repeat(md5(seq), 4) FROM seq_1_to_" + rows, "INSERT INTO u VALUES (1)");
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events(Operation.INSERT)).hasSize(rows + 1);
            assertThat(xlog.transactions().get(0).events()).hasSize(rows);
            process.terminate();
            assertThat(process.awaitExit(PATIENCE)).isIn(0, 143);
        }
    }
}
