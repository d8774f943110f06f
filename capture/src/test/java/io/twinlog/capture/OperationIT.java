package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureProcess;
import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.check.Check.Level;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What an operator meets: second captures, idle sources, outages, wrong settings, removal. */
class OperationIT {

    @Test
    void a_second_capture_is_refused_with_the_holder_s_name() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        try (CaptureRun first =
                        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming();
                CaptureRun second = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            TwinlogException failure = second.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure)
                    .hasMessageContaining("pid ")
                    .hasMessageContaining("twinlog " + source.name())
                    .hasMessageContaining("since ");
            source.sql("INSERT INTO t VALUES (1)");
            assertThat(Xlog.awaitBarrier(source).events()).hasSize(1);
        }
    }

    @Test
    void a_frozen_capture_does_not_let_another_in_and_goes_on() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        try (JavaProcess process = CaptureProcess.start(source.config(SnapshotMode.NONE), "256m")) {
            process.awaitOutput("STATE PRIMARY", Duration.ofSeconds(60));
            process.freeze();
            source.sql("INSERT INTO t VALUES (1)");
            try (CaptureRun second = CaptureRun.start(source.config(SnapshotMode.NONE))) {
                Awaitility.await("the second one sees the first")
                        .until(() -> second.messages().stream()
                                .anyMatch(line -> line.contains("Another session holds replication " + source.name())));
                assertThat(second.capture().status().state()).isEqualTo(MemberState.STARTUP);
            }
            process.thaw();
            assertThat(Xlog.awaitBarrier(source).events()).hasSize(1);
        }
    }

    @Test
    void the_confirmed_position_moves_while_only_another_database_writes() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        Source other = Source.create().sql("CREATE TABLE o(v text)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            String before = source.value("SELECT pg_current_wal_lsn()::text");
            for (int i = 0; i < 5; i++) {
                other.sql("INSERT INTO o SELECT repeat(md5(i::text), 30) FROM generate_series(1, 10000) i");
            }
            String end = other.value("SELECT pg_current_wal_lsn()::text");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> source.value("SELECT (confirmed_flush_lsn >= '" + end
                                    + "')::text FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'")
                            .equals("true"));
            assertThat(Xlog.read(source).events()).isEmpty();
            assertThat(source.value("SELECT ('" + end + "'::pg_lsn - '" + before + "'::pg_lsn > 8000000)::text"))
                    .isEqualTo("true");
        }
        // The position survives a restart.
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (1)");
            assertThat(Xlog.awaitBarrier(source).transactions()).hasSize(1);
        }
    }

    @Test
    void an_outage_of_kafka_is_waited_out_and_shown() {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().start()) {
            Source source = Source.create(Servers.postgres(), kafka.bootstrapServers())
                    .sql("CREATE TABLE t(id int PRIMARY KEY)");
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
                source.sql("INSERT INTO t VALUES (1)");
                Xlog.awaitBarrier(source);
                kafka.stop();
                source.sql("INSERT INTO t SELECT generate_series(2, 1000)");
                String before = confirmed(source);
                run.awaitState(MemberState.PAUSED);
                assertThat(confirmed(source)).isEqualTo(before);
                kafka.start();
                run.awaitStreaming();
                assertThat(Xlog.awaitBarrier(source).replay("t", "id")).hasSize(1000);
            }
        }
    }

    private static String confirmed(Source source) {
        return source.value(
                "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'");
    }

    @Test
    void restarts_of_the_source_are_waited_out() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
            Source source = Source.create(postgres, Servers.kafka().bootstrapServers())
                    .sql("CREATE TABLE t(id int PRIMARY KEY)");
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
                source.sql("INSERT INTO t VALUES (1)");
                long start = System.nanoTime();
                postgres.stop();
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("the server's shutdown waits for us to confirm")
                        .isLessThan(Duration.ofSeconds(20));
                postgres.start();
                source.sql("INSERT INTO t VALUES (2)");
                postgres.kill();
                postgres.start();
                source.sql("INSERT INTO t VALUES (3)");
                assertThat(Xlog.awaitBarrier(source).replay("t", "id")).hasSize(3);
            }
        }
    }

    @Test
    void all_problems_are_reported_at_once_and_nothing_is_created() throws Exception {
        Source source = Source.create()
                .sql(
                        "CREATE TABLE nokey(id int)",
                        "CREATE UNLOGGED TABLE unlogged(id int PRIMARY KEY)",
                        "CREATE TABLE nothing(id int PRIMARY KEY)",
                        "ALTER TABLE nothing REPLICA IDENTITY NOTHING",
                        "CREATE TABLE good(id int PRIMARY KEY)");
        CaptureConfig config = source.config(SnapshotMode.NONE, "public.*", "public.absent", "!public.audit%");
        try (CaptureRun run = CaptureRun.start(config)) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure)
                    .hasMessageContaining("public.nokey")
                    .hasMessageContaining("ADD PRIMARY KEY")
                    .hasMessageContaining("public.unlogged")
                    .hasMessageContaining("SET LOGGED")
                    .hasMessageContaining("public.nothing")
                    .hasMessageContaining("public.absent");
        }
        try (Capture capture = new Capture(config, GapIT.silent())) {
            List<Check> checks = capture.check();
            assertThat(checks.stream().filter(c -> c.level() == Level.PROBLEM)).hasSize(4);
            assertThat(checks)
                    .anyMatch(c -> c.level() == Level.WARNING
                            && c.subject().equals("table public.good")
                            && String.valueOf(c.remedy()).contains("REPLICA IDENTITY FULL"));
        }
        assertThat(source.query("SELECT slot_name FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'"))
                .isEmpty();
        assertThat(source.query("SELECT pubname FROM pg_publication")).isEmpty();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", source.bootstrap()))) {
            assertThat(admin.listTopics().names().get()).noneMatch(t -> t.startsWith(source.name() + "."));
        }
    }

    @Test
    void unreachable_servers_and_wrong_roles_are_reported() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        CaptureConfig good = source.config(SnapshotMode.INITIAL);
        CaptureConfig unreachable = new CaptureConfig(
                good.replication(),
                Map.of("bootstrap.servers", "localhost:1", "default.api.timeout.ms", 3000, "request.timeout.ms", 1000),
                "jdbc:postgresql://localhost:1/x",
                "u",
                "p",
                good.tables(),
                good.snapshot(),
                3,
                2,
                (short) 1);
        try (CaptureRun run = CaptureRun.start(unreachable)) {
            assertThat(run.awaitFailure())
                    .hasMessageContaining("source: Not usable")
                    .hasMessageContaining("kafka: Not usable");
        }
        source.sql("DROP ROLE IF EXISTS weak", "CREATE ROLE weak LOGIN");
        CaptureConfig weak = new CaptureConfig(
                good.replication(),
                good.kafka(),
                good.sourceUrl(),
                "weak",
                "",
                good.tables(),
                good.snapshot(),
                3,
                2,
                (short) 1);
        try (CaptureRun run = CaptureRun.start(weak)) {
            assertThat(run.awaitFailure())
                    .hasMessageContaining("REPLICATION attribute")
                    .hasMessageContaining("GRANT SELECT")
                    .hasMessageContaining("may not create a publication");
        }
    }

    @Test
    void a_changed_number_of_partitions_is_refused() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        CaptureConfig config = source.config(SnapshotMode.NONE);
        CaptureRun.start(config).awaitStreaming().close();
        CaptureConfig changed = new CaptureConfig(
                config.replication(),
                config.kafka(),
                config.sourceUrl(),
                config.sourceUser(),
                "",
                config.tables(),
                config.snapshot(),
                5,
                2,
                (short) 1);
        try (CaptureRun run = CaptureRun.start(changed)) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.CONFIG);
            assertThat(failure).hasMessageContaining("has 3 partitions, capture.partitions is 5");
        }
    }

    @Test
    void a_table_that_appears_is_captured_after_the_next_start_and_one_that_is_excluded_no_more() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming().close();
        source.sql(
                "CREATE TABLE later(id int PRIMARY KEY)",
                "INSERT INTO later VALUES (0)",
                "CREATE TABLE keyless(id int)");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            assertThat(run.messages())
                    .anyMatch(m -> m.startsWith("WARNING: table public.later is captured from now on"))
                    .anyMatch(m -> m.startsWith("Not captured: table public.keyless"));
            source.sql("INSERT INTO later VALUES (1)");
            assertThat(Xlog.awaitBarrier(source).replay("later", "id").keySet()).containsExactly("1");
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE, "public.*", "!public.later"))
                .awaitStreaming()) {
            source.sql("INSERT INTO later VALUES (2)", "INSERT INTO t VALUES (2)");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.replay("later", "id").keySet()).containsExactly("1");
            assertThat(xlog.replay("t", "id").keySet()).containsExactly("2");
        }
    }

    @Test
    void drop_removes_slot_publication_and_topics() throws Exception {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming().close();
        try (Capture capture = new Capture(source.config(SnapshotMode.INITIAL), GapIT.silent())) {
            capture.drop();
            capture.drop();
        }
        assertThat(source.query("SELECT slot_name FROM pg_replication_slots WHERE slot_name = '" + source.slot() + "'"))
                .isEmpty();
        assertThat(source.query("SELECT pubname FROM pg_publication")).isEmpty();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", source.bootstrap()))) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(admin.listTopics().names().get())
                            .noneMatch(t -> t.startsWith(source.name() + ".")));
        }
        CaptureRun.start(source.config(SnapshotMode.INITIAL)).awaitStreaming().close();
    }
}
