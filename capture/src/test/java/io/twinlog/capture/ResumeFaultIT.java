package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Load;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.event.Operation;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Invariants 1, 2 and 7: whatever is killed or stopped, numbers stay dense and repetitions are identical. */
class ResumeFaultIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void transaction_open_across_a_restart_arrives_whole() throws Exception {
        Source source = Source.create().sql("CREATE TABLE l(id int PRIMARY KEY)", "CREATE TABLE s(id int PRIMARY KEY)");
        try (Connection connection = source.connect();
                Statement a = connection.createStatement()) {
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
                connection.setAutoCommit(false);
                a.execute("INSERT INTO l SELECT generate_series(1, 5)");
                source.sql("INSERT INTO s VALUES (90)");
                Xlog.awaitBarrier(source);
                a.execute("INSERT INTO l SELECT generate_series(6, 10)");
            }
            connection.commit();
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.replay("l", "id")).hasSize(10);
            assertThat(xlog.replay("s", "id")).hasSize(1);
        }
    }

    @Test
    void transaction_open_across_a_kill_arrives_whole() throws Exception {
        Source source = Source.create().sql("CREATE TABLE l(id int PRIMARY KEY)", "CREATE TABLE s(id int PRIMARY KEY)");
        try (Connection connection = source.connect();
                Statement a = connection.createStatement()) {
            try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "256m")) {
                process.awaitOutput("STATE PRIMARY", PATIENCE);
                connection.setAutoCommit(false);
                a.execute("SELECT pg_logical_emit_message(true, 'p', 'm')");
                a.execute("INSERT INTO l SELECT generate_series(1, 5)");
                source.sql("INSERT INTO s VALUES (90)");
                Xlog.awaitBarrier(source);
                a.execute("INSERT INTO l SELECT generate_series(6, 10)");
                process.kill();
            }
            connection.commit();
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertThat(Xlog.awaitBarrier(source).replay("l", "id")).hasSize(10);
        }
    }

    @Test
    void killed_again_and_again_under_load_it_repeats_identically_and_loses_nothing() throws Exception {
        Source source = Source.create()
                .sql(
                        "CREATE TABLE t(id int PRIMARY KEY, v int, w text)",
                        "CREATE TABLE k(id int PRIMARY KEY, v int)",
                        "INSERT INTO k SELECT i, 0 FROM generate_series(1, 1000) i");
        Random random = new Random(4711);
        long repetitions = 0;
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        try (Load load = Load.start(source, 2, 5, (choice, writer) -> {
            int key = choice.nextInt(5_000) * 2 + writer;
            return switch (choice.nextInt(6)) {
                case 0, 1 -> "INSERT INTO t VALUES (" + key + ", 0, repeat('x', " + choice.nextInt(300) + "))";
                case 2 -> "UPDATE t SET v = v + 1 WHERE id BETWEEN " + key + " AND " + (key + 50);
                case 3 -> "DELETE FROM t WHERE id BETWEEN " + key + " AND " + (key + 10);
                case 4 -> "UPDATE t SET id = -id WHERE id = " + key;
                default ->
                    "INSERT INTO t SELECT i, 1, 'many' FROM generate_series(100000 + " + key * 1000 + ", 100000 + "
                            + (key * 1000 + choice.nextInt(50)) + ") i ON CONFLICT DO NOTHING";
            };
        })) {
            for (int kill = 0; kill < 6; kill++) {
                try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "256m")) {
                    process.awaitOutput("STATE PRIMARY", PATIENCE);
                    pause(random.nextInt(1500));
                    process.kill();
                }
            }
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = Xlog.awaitBarrier(source);
            repetitions = xlog.repetitions();
            assertThat(xlog.transactions()).hasSizeGreaterThan(100);
            assertThat(xlog.replay("t", "id")).isEqualTo(rows(source));
        }
        assertThat(repetitions).as("the kills hit something").isPositive();
    }

    /** The instant of a kill is the input of a test, not a condition that it waits for. */
    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    private static Map<String, Map<String, @Nullable String>> rows(Source source) {
        Map<String, Map<String, @Nullable String>> rows = new TreeMap<>();
        for (String line : source.query("SELECT id || ' ' || v || ' ' || w FROM t")) {
            String[] fields = line.split(" ", -1);
            Map<String, @Nullable String> row = new java.util.LinkedHashMap<>();
            row.put("id", fields[0]);
            row.put("v", fields[1]);
            row.put("w", fields[2]);
            rows.put(fields[0], row);
        }
        return rows;
    }

    @Test
    void one_large_transaction_fits_into_a_small_heap_and_survives_kills() throws Exception {
        int rows = 200_000;
        Source source =
                Source.create().sql("CREATE TABLE t(id int PRIMARY KEY, v text)", "CREATE TABLE u(id int PRIMARY KEY)");
        Random random = new Random(7);
        try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "160m")) {
            process.awaitOutput("STATE PRIMARY", PATIENCE);
            source.sql(
                    "INSERT INTO t SELECT i, repeat(md5(i::text), 4) FROM generate_series(1, " + rows + ") i",
                    "INSERT INTO u VALUES (1)");
            pause(random.nextInt(1000));
            process.kill();
        }
        try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "160m")) {
            process.awaitOutput("STATE PRIMARY", PATIENCE);
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.events(Operation.INSERT)).hasSize(rows + 1);
            assertThat(xlog.transactions().get(0).events()).hasSize(rows);
            process.terminate();
            assertThat(process.awaitExit(PATIENCE)).isIn(0, 143);
        }
    }

    @Test
    void a_terminated_walsender_is_an_outage_that_heals() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (1)");
            source.sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + source.slot() + "'");
            source.sql("INSERT INTO t VALUES (2)");
            assertThat(Xlog.awaitBarrier(source).replay("t", "id")).hasSize(2);
            assertThat(run.messages()).anyMatch(line -> line.contains("Trying again"));
            assertThat(List.copyOf(run.messages())).noneMatch(line -> line.contains("GAP"));
        }
    }
}
