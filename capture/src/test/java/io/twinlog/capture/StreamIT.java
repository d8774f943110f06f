package io.twinlog.capture;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes of rows look like on the topics. */
class StreamIT {

    @Test
    void inserts_updates_and_deletes_arrive_numbered_and_counted() {
        Source source = Source.create()
                .sql("CREATE TABLE t(id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY FULL");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 5) i",
                    "UPDATE t SET v = 'x' WHERE id = 3",
                    "DELETE FROM t WHERE id = 4");
            Xlog xlog = Xlog.awaitBarrier(source);

            assertThat(xlog.transactions()).hasSize(3);
            assertThat(xlog.events().stream().map(Xlog::describe))
                    .containsSubsequence(
                            "INSERT public.t - -> {id=5, v=v5} unchanged [] linked -",
                            "UPDATE public.t {id=3, v=v3} -> {id=3, v=x} unchanged [] linked -",
                            "DELETE public.t {id=4, v=v4} -> - unchanged [] linked -");
            assertThat(xlog.events(Operation.INSERT)).hasSize(5);
            assertThat(xlog.control(ControlKind.EPOCH)).hasSize(1);
            assertThat(xlog.control(ControlKind.SCHEMA)).isNotEmpty();
        }
        try (CaptureRun again =
                CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (7, 'seven')");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.transactions()).hasSize(4);
            assertThat(xlog.repetitions()).isZero();
            assertThat(again.messages()).anyMatch(m -> m.contains("behind seq 3"));
        }
        assertThat(List.of(source.value(
                        "SELECT active::text FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'")))
                .containsExactly("false");
    }

    private static List<String> descriptions(Xlog xlog) {
        return xlog.events().stream().map(Xlog::describe).toList();
    }

    @Test
    void primary_key_change_is_a_linked_delete_and_insert() {
        Source source = Source.create().sql("CREATE TABLE t(a int PRIMARY KEY, b int)", "INSERT INTO t VALUES (0, 0)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO t VALUES (1, 1), (2, 2)",
                    "BEGIN; UPDATE t SET a = 3 WHERE a = 2; UPDATE t SET a = 2 WHERE a = 1; COMMIT",
                    "INSERT INTO t SELECT i, i FROM generate_series(10, 1009) i",
                    "UPDATE t SET a = -a WHERE a >= 10");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(descriptions(xlog))
                    .containsSequence(
                            "DELETE public.t {a=2, b=null} -> - unchanged [] linked [6]",
                            "INSERT public.t - -> {a=3, b=2} unchanged [] linked [4]",
                            "DELETE public.t {a=1, b=null} -> - unchanged [] linked [4]",
                            "INSERT public.t - -> {a=2, b=1} unchanged [] linked [2]");
            assertThat(xlog.replay("t", "a")).hasSize(1002).containsKeys("2", "3", "-10", "-1009");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEFAULT", "FULL", "USING INDEX t_u"})
    void unchanged_toast_is_filled_or_listed_never_null(String identity) {
        Source source = Source.create()
                .sql(
                        "CREATE TABLE t(id int PRIMARY KEY, u int NOT NULL, n int, j jsonb, b bytea, a text[], x text)",
                        "CREATE UNIQUE INDEX t_u ON t(u)",
                        "ALTER TABLE t ALTER j SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL,"
                                + " ALTER a SET STORAGE EXTERNAL, ALTER x SET STORAGE EXTERNAL",
                        "ALTER TABLE t REPLICA IDENTITY " + identity);
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO t SELECT 1, 1, 1, jsonb_build_object('k', string_agg(md5(i::text), '')),"
                            + " string_agg(md5(i::text), '')::bytea, array_agg(md5(i::text)), string_agg(md5(i::text), '')"
                            + " FROM generate_series(1, 400) i",
                    "UPDATE t SET n = n + 1",
                    "UPDATE t SET id = 2, u = 2 WHERE id = 1",
                    "UPDATE t SET j = NULL");
            Xlog xlog = Xlog.awaitBarrier(source);
            DataEvent update = xlog.events(Operation.UPDATE).get(0);
            DataEvent inserted = xlog.events(Operation.INSERT).get(1);
            if (identity.equals("FULL")) {
                assertThat(update.unchanged()).isEmpty();
                assertThat(inserted.unchanged()).isEmpty();
                assertThat(Xlog.row(requireNonNull(update.before())).get("x")).hasSize(400 * 32);
                assertThat(Xlog.row(requireNonNull(update.after())).get("x")).hasSize(400 * 32);
            } else {
                assertThat(update.unchanged()).containsExactly("j", "b", "a", "x");
                assertThat(inserted.unchanged()).containsExactly("j", "b", "a", "x");
                assertThat(update.before()).isNull();
            }
            DataEvent nulled = xlog.events(Operation.UPDATE).get(1);
            assertThat(requireNonNull(nulled.after()).isNull(3)).isTrue();
            assertThat(nulled.unchanged()).doesNotContain("j");
        }
    }

    @Test
    void each_row_is_decoded_with_the_shape_of_its_place_in_the_log() {
        Source source = Source.create()
                .sql(
                        "CREATE TYPE mood AS ENUM ('sad', 'glad')",
                        "CREATE TABLE t(id int PRIMARY KEY, b text, c text, e int, m mood)",
                        "ALTER TABLE t REPLICA IDENTITY FULL");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (1, 'b', 'c', 5, 'sad')");
            Xlog.awaitBarrier(source);
        }
        source.sql(
                "INSERT INTO t VALUES (2, 'b', 'c', 5, 'sad')",
                "ALTER TABLE t DROP COLUMN b",
                "ALTER TABLE t ADD COLUMN b int DEFAULT 7",
                "INSERT INTO t VALUES (3, 'c', 5, 'glad', 8)",
                "ALTER TABLE t RENAME COLUMN c TO d",
                "ALTER TABLE t RENAME COLUMN id TO key",
                "INSERT INTO t VALUES (4, 'd', 5, 'glad', 8)",
                "ALTER TABLE t ALTER COLUMN e TYPE bigint",
                "INSERT INTO t VALUES (5, 'd', 5000000000, 'glad', 8)",
                "ALTER TYPE mood ADD VALUE 'ok' BEFORE 'sad'",
                "INSERT INTO t VALUES (6, 'd', 6, 'ok', 8)",
                "BEGIN; INSERT INTO t VALUES (7, 'd', 6, 'ok', 8); ALTER TABLE t ADD COLUMN z int;"
                        + " INSERT INTO t VALUES (8, 'd', 6, 'ok', 8, 9); SAVEPOINT s; ALTER TABLE t ADD COLUMN y int;"
                        + " INSERT INTO t VALUES (99, 'd', 6, 'ok', 8, 9, 10); ROLLBACK TO s;"
                        + " INSERT INTO t VALUES (9, 'd', 6, 'ok', 8, 10); COMMIT",
                "DELETE FROM t WHERE key = 9",
                "DROP TABLE t",
                "CREATE TABLE t(other uuid PRIMARY KEY, v numeric(5,2))",
                "ALTER PUBLICATION " + source.slot() + " ADD TABLE t",
                "INSERT INTO t VALUES ('00000000-0000-0000-0000-000000000001', 1.5)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(descriptions(xlog).stream().map(d -> d.replaceAll(" unchanged.*", "")))
                    .containsExactly(
                            "INSERT public.t - -> {id=1, b=b, c=c, e=5, m=sad}",
                            "INSERT public.t - -> {id=2, b=b, c=c, e=5, m=sad}",
                            "INSERT public.t - -> {id=3, c=c, e=5, m=glad, b=8}",
                            "INSERT public.t - -> {key=4, d=d, e=5, m=glad, b=8}",
                            "INSERT public.t - -> {key=5, d=d, e=5000000000, m=glad, b=8}",
                            "INSERT public.t - -> {key=6, d=d, e=6, m=ok, b=8}",
                            "INSERT public.t - -> {key=7, d=d, e=6, m=ok, b=8}",
                            "INSERT public.t - -> {key=8, d=d, e=6, m=ok, b=8, z=9}",
                            "INSERT public.t - -> {key=9, d=d, e=6, m=ok, b=8, z=10}",
                            "DELETE public.t {key=9, d=d, e=6, m=ok, b=8, z=10} -> -",
                            "INSERT public.t - -> {other=00000000-0000-0000-0000-000000000001, v=1.50}");
            assertThat(xlog.events().get(0).shape().columns().get(4).sqlType()).isEqualTo("public.mood");
        }
    }

    @Test
    void truncate_is_one_event_per_table_in_its_place() {
        Source source = Source.create()
                .sql("CREATE TABLE a(id int PRIMARY KEY)", "CREATE TABLE b(id int PRIMARY KEY, a int REFERENCES a)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO a SELECT generate_series(1, 100)",
                    "INSERT INTO b SELECT i, i FROM generate_series(1, 100) i",
                    "BEGIN; INSERT INTO a VALUES (101); TRUNCATE a CASCADE; INSERT INTO a VALUES (1), (2); COMMIT");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(descriptions(xlog).stream().skip(200).map(d -> d.substring(0, d.indexOf(' ') + 9)))
                    .containsExactly(
                            "INSERT public.a",
                            "TRUNCATE public.a",
                            "TRUNCATE public.b",
                            "INSERT public.a",
                            "INSERT public.a");
            assertThat(xlog.replay("a", "id")).hasSize(2);
            assertThat(xlog.replay("b", "id")).isEmpty();
        }
    }

    @Test
    void what_was_rolled_back_never_appears_and_what_was_prepared_appears_at_its_commit() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "BEGIN; INSERT INTO t VALUES (1); SAVEPOINT a; INSERT INTO t VALUES (2); ROLLBACK TO a;"
                            + " INSERT INTO t VALUES (3); COMMIT",
                    "BEGIN; INSERT INTO t VALUES (4); ROLLBACK",
                    "BEGIN; INSERT INTO t VALUES (5); PREPARE TRANSACTION '" + source.name() + "x'",
                    "BEGIN; INSERT INTO t VALUES (6); PREPARE TRANSACTION '" + source.name() + "y'",
                    "INSERT INTO t VALUES (7)");
            assertThat(Xlog.awaitBarrier(source).replay("t", "id").keySet()).containsExactly("1", "3", "7");
        }
        source.sql("COMMIT PREPARED '" + source.name() + "x'", "ROLLBACK PREPARED '" + source.name() + "y'");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.replay("t", "id").keySet()).containsExactly("1", "3", "5", "7");
            assertThat(xlog.transactions()).hasSize(3);
        }
    }

    @Test
    void partitions_are_captured_as_their_root() {
        Source source = Source.create()
                .sql(
                        "CREATE TABLE p(id int, day int, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
                        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20)",
                        "INSERT INTO p VALUES (0, 1, 'old')");
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO p VALUES (1, 1, 'a'), (2, 11, 'b')",
                    "UPDATE p SET day = 12 WHERE id = 1",
                    "CREATE TABLE p3(v text, day int NOT NULL, id int NOT NULL)");
            if (source.version() >= 150000) {
                // PostgreSQL 14 goes on ignoring a table that it has seen before it became a partition
                // (docs/operations.md).
                source.sql("INSERT INTO p3 VALUES ('there before', 21, 3)");
            }
            source.sql(
                    "ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30)",
                    "INSERT INTO p VALUES (4, 22, 'd')");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.events()).allMatch(event -> event.shape().table().equals("p"));
            assertThat(xlog.replay("p", "id").keySet()).containsExactly("0", "1", "2", "4");
            assertThat(xlog.replay("p", "id").get("4")).containsEntry("v", "d").containsEntry("day", "22");
        }
    }

    @Test
    void generated_columns_come_as_the_publication_sends_them() {
        Source source = Source.create()
                .sql(
                        "CREATE TABLE g(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int,"
                                + " s int GENERATED ALWAYS AS (a * 2) STORED)",
                        "ALTER TABLE g REPLICA IDENTITY FULL",
                        "INSERT INTO g(a) VALUES (1)");
        try (CaptureRun run =
                CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming()) {
            source.sql("INSERT INTO g(a) VALUES (2)", "UPDATE g SET a = 5 WHERE a = 1", "DELETE FROM g WHERE a = 2");
            Xlog xlog = Xlog.awaitBarrier(source);
            boolean published = source.version() >= 180000;
            assertThat(xlog.replay("g", "id").get("1"))
                    .containsExactlyInAnyOrderEntriesOf(
                            published ? Map.of("id", "1", "a", "5", "s", "10") : Map.of("id", "1", "a", "5"));
            assertThat(xlog.events().stream()
                            .map(event -> event.shape().columns().size())
                            .distinct())
                    .containsExactly(published ? 3 : 2);
        }
    }

    @Test
    void messages_of_others_and_empty_transactions_get_no_number() {
        Source source =
                Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)", "CREATE SCHEMA s", "CREATE TABLE s.u(i int)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO s.u VALUES (1)",
                    "SELECT pg_logical_emit_message(true, 'p', 'm')",
                    "BEGIN; SELECT pg_logical_emit_message(true, 'p', 'm'); INSERT INTO t VALUES (1); COMMIT",
                    "SELECT pg_logical_emit_message(false, 'p', 'm')");
            try (SourceView view = SourceView.open(source.config(SnapshotMode.NONE))) {
                String at = view.emitBarrier("mark");
                Xlog xlog = Xlog.await(
                        source,
                        x -> x.control(ControlKind.BARRIER).stream().anyMatch(r -> "mark".equals(r.detail("token"))));
                assertThat(xlog.transactions()).hasSize(1);
                assertThat(Lsn.parse(at)).isLessThanOrEqualTo(Lsn.parse(view.end()));
            }
        }
    }

    @Test
    void origin_of_replicated_changes_is_kept() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("SELECT pg_replication_origin_create('" + source.name() + "o')");
            source.sql("DO $$ BEGIN PERFORM pg_replication_origin_session_setup('" + source.name()
                    + "o'); PERFORM pg_replication_origin_xact_setup('0/1', now()); INSERT INTO t VALUES (1); END $$");
            source.sql("INSERT INTO t VALUES (2)");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.transactions().get(0).begin().origin()).isEqualTo(source.name() + "o");
            assertThat(xlog.transactions().get(1).begin().origin()).isNull();
        }
    }

    @Test
    void a_row_of_20_megabytes_arrives_whole() {
        Source source = Source.create()
                .sql("CREATE TABLE t(id int PRIMARY KEY, v text)", "ALTER TABLE t REPLICA IDENTITY FULL");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql(
                    "INSERT INTO t SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, 655360) i",
                    "UPDATE t SET id = 2",
                    "INSERT INTO t VALUES (3, 'small')");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.replay("t", "id").get("2").get("v")).hasSize(20 << 20);
            assertThat(xlog.replay("t", "id").get("3")).containsEntry("v", "small");
        }
    }
}
