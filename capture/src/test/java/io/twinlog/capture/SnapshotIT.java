package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Load;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The initial sync joins the stream without gap or overlap, whatever happens meanwhile. */
class SnapshotIT {

    private static final int ROWS = 240_000;

    private static Source filled() {
        return Source.create()
                .sql(
                        "CREATE TABLE t(id bigint PRIMARY KEY, v int, w text)",
                        "CREATE TABLE u(id uuid PRIMARY KEY, v int)",
                        "CREATE TABLE x(id text PRIMARY KEY, v int)",
                        "CREATE TABLE nothing(id int PRIMARY KEY)",
                        "ALTER TABLE t REPLICA IDENTITY FULL",
                        "INSERT INTO t SELECT i * 10, i, md5(i::text) FROM generate_series(1, " + ROWS + ") i",
                        "INSERT INTO u SELECT gen_random_uuid(), i FROM generate_series(1, 60000) i",
                        "INSERT INTO x SELECT 'k' || i, i FROM generate_series(1, 20000) i");
    }

    private static String change(Random random, int writer) {
        long key = random.nextInt(ROWS) * 10L + writer;
        long other = random.nextInt(ROWS) * 10L + writer;
        return switch (random.nextInt(9)) {
            case 0, 1 -> "INSERT INTO t VALUES (" + key + ", 0, 'new')";
            case 2 -> "UPDATE t SET v = v + 1 WHERE id BETWEEN " + key + " AND " + (key + 40);
            case 3 -> "DELETE FROM t WHERE id BETWEEN " + key + " AND " + (key + 30);
            case 4 ->
                "UPDATE t SET id = " + other + " WHERE id = (SELECT id FROM t WHERE id >= " + key
                        + " ORDER BY id LIMIT 1)";
            case 5 ->
                "UPDATE u SET v = v + 1 WHERE id = (SELECT id FROM u WHERE id > gen_random_uuid() ORDER BY id LIMIT 1)";
            case 6 ->
                "UPDATE u SET id = gen_random_uuid() WHERE id = (SELECT id FROM u WHERE id > gen_random_uuid() ORDER BY id LIMIT 1)";
            case 7 -> "INSERT INTO x VALUES ('n' || " + key + ", 1)";
            default -> "DELETE FROM x WHERE id = 'k' || " + random.nextInt(20000);
        };
    }

    private static void assertEqual(Source source, Xlog xlog) {
        assertThat(xlog.replay("t", "id"))
                .isEqualTo(rows(source, "SELECT id::text || ' ' || v || ' ' || w FROM t", "v", "w"));
        assertThat(xlog.replay("u", "id")).isEqualTo(rows(source, "SELECT id::text || ' ' || v FROM u", "v"));
        assertThat(xlog.replay("x", "id")).isEqualTo(rows(source, "SELECT id::text || ' ' || v FROM x", "v"));
    }

    private static Map<String, Map<String, @Nullable String>> rows(Source source, String sql, String... columns) {
        Map<String, Map<String, @Nullable String>> rows = new TreeMap<>();
        for (String line : source.query(sql)) {
            String[] fields = line.split(" ", -1);
            Map<String, @Nullable String> row = new java.util.LinkedHashMap<>();
            row.put("id", fields[0]);
            for (int i = 0; i < columns.length; i++) {
                row.put(columns[i], fields[i + 1]);
            }
            rows.put(fields[0], row);
        }
        return rows;
    }

    @Test
    void rows_are_read_in_chunks_while_they_are_changed() {
        Source source = filled();
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL));
                Load load = Load.start(source, 2, 1, SnapshotIT::change)) {
            run.awaitStreaming();
            load.close();
            assertThat(load.transactions()).isPositive();
            Xlog xlog = Xlog.awaitBarrier(source);
            assertEqual(source, xlog);
            assertThat(xlog.control(ControlKind.SNAPSHOT_BEGIN)).hasSize(1);
            assertThat(xlog.control(ControlKind.SNAPSHOT_END)).hasSize(1);
            List<ControlRecord> chunks = xlog.control(ControlKind.BEGIN).stream()
                    .filter(record -> record.detail("chunk") != null)
                    .toList();
            assertThat(chunks).hasSizeGreaterThanOrEqualTo(ROWS / 50_000 + 3);
            assertThat(chunks.get(0).detail("range")).contains("\"upTo\":\"5");
        }
    }

    @Test
    void killed_in_the_middle_it_goes_on_with_the_rest() {
        long seed = 11;
        Source source = filled();
        Random random = new Random(seed);
        try (Load load = Load.start(source, 2, seed, SnapshotIT::change)) {
            for (int kill = 0; kill < 2; kill++) {
                try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.INITIAL), "256m")) {
                    Xlog.awaitControl(source, ControlKind.END, 1 + kill * 3 + random.nextInt(3));
                    process.kill();
                }
            }
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming()) {
                long before = load.transactions();
                Awaitility.await("changes behind the snapshot").until(() -> load.transactions() > before + 50);
            }
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming()) {
                load.close();
                Xlog xlog = Xlog.awaitBarrier(source);
                assertEqual(source, xlog);
                assertThat(xlog.control(ControlKind.EPOCH).size()).isGreaterThan(1);
                // A kill between the end of the snapshot and the first heartbeat behind it lets the next epoch end it
                // again.
                assertThat(xlog.control(ControlKind.SNAPSHOT_END))
                        .extracting(ControlRecord::epoch)
                        .isNotEmpty()
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void truncate_between_the_snapshots_of_an_interrupted_sync_keeps_later_rows() {
        Source source = filled();
        try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.INITIAL), "256m")) {
            Xlog.awaitControl(source, ControlKind.END, 2);
            process.kill();
        }
        source.sql("TRUNCATE t", "INSERT INTO t SELECT i * 10, i, 'after' FROM generate_series(1, 60000) i");
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (5, 5, 'last')");
            assertEqual(source, Xlog.awaitBarrier(source));
        }
    }

    @Test
    void only_reads_once_and_leaves_nothing_at_the_source() {
        Source source = Source.create()
                .sql("CREATE TABLE t(id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 10)");
        CaptureRun.start(source.config(SnapshotMode.ONLY)).awaitEnd().close();
        Xlog xlog = Xlog.read(source);
        assertThat(xlog.replay("t", "id")).hasSize(10);
        assertThat(source.query("SELECT slot_name FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'"))
                .isEmpty();
        CaptureRun.start(source.config(SnapshotMode.ONLY)).awaitEnd().close();
        assertThat(Xlog.read(source).events()).hasSize(10);
    }
}
