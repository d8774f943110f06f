package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 2: a position that is no longer available is a GAP, a stop with a name, never a jump. */
class GapIT {

    private static Source captured() {
        Source source = Source.create().sql("CREATE TABLE t(id int PRIMARY KEY)");
        return captured(source);
    }

    private static Source captured(Source source) {
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (1)");
            Xlog.awaitBarrier(source);
        }
        return source;
    }

    private static TwinlogException failure(Source source) {
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            TwinlogException failure = run.awaitFailure();
            assertThat(failure.category()).isEqualTo(Category.GAP);
            assertThat(run.capture().status().state()).isEqualTo(MemberState.STALE);
            assertThat(Xlog.read(source).transactions()).hasSizeLessThanOrEqualTo(1);
            return failure;
        }
    }

    @Test
    void dropped_slot() {
        Source source = captured();
        source.sql("SELECT pg_drop_replication_slot('" + source.slot() + "')", "INSERT INTO t VALUES (2)");
        assertThat(failure(source))
                .hasMessageContaining("does not exist any more")
                .hasMessageMatching("(?s).*[0-9A-F]+/[0-9A-F]+.*");
    }

    @Test
    void slot_created_again_by_hand() {
        Source source = captured();
        source.sql("SELECT pg_drop_replication_slot('" + source.slot() + "')", "INSERT INTO t VALUES (2)");
        source.sql("SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'pgoutput')");
        assertThat(failure(source)).hasMessageContaining("ahead of the position captured last");
    }

    @Test
    void slot_created_again_with_another_plugin() {
        Source source = captured();
        source.sql("SELECT pg_drop_replication_slot('" + source.slot() + "')");
        source.sql("SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'test_decoding')");
        assertThat(failure(source)).hasMessageContaining("test_decoding");
    }

    @Test
    void publication_dropped() {
        Source source = captured();
        source.sql("DROP PUBLICATION " + source.slot(), "INSERT INTO t VALUES (2)");
        assertThat(failure(source)).hasMessageContaining("publication");
    }

    @Test
    void deleted_control_log() throws Exception {
        Source source = captured();
        delete(source.name() + ".transactions");
        assertThat(failure(source)).hasMessageContaining("control log");
    }

    @Test
    void deleted_data_topic() throws Exception {
        Source source = captured();
        delete(source.name() + ".public.t");
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            assertThat(run.awaitFailure()).hasMessageContaining(source.name() + ".public.t");
        }
    }

    private static void delete(String topic) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Servers.kafka().bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            Awaitility.await("deletion of " + topic)
                    .until(() -> !admin.listTopics().names().get().contains(topic));
        }
    }

    @Test
    void log_removed_by_max_slot_wal_keep_size() {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setting("max_slot_wal_keep_size", "16MB")
                .setting("max_wal_size", "32MB")
                .setting("min_wal_size", "32MB")
                .start()) {
            Source source = captured(Source.create(postgres, Servers.kafka().bootstrapServers())
                    .sql("CREATE TABLE t(id int PRIMARY KEY)", "CREATE SCHEMA o", "CREATE TABLE o.x(v text)"));
            for (int i = 0; i < 8; i++) {
                source.sql(
                        "INSERT INTO o.x SELECT repeat(md5(i::text), 30) FROM generate_series(1, 10000) i",
                        "SELECT pg_switch_wal()",
                        "CHECKPOINT");
            }
            assertThat(failure(source)).hasMessageContaining("lost").hasMessageContaining("invalidation_reason");
        }
    }

    @Test
    void source_restored_from_an_older_copy(@TempDir Path directory) throws IOException {
        Path home = directory.resolve("pg");
        Source source;
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().directory(home).start()) {
            source = Source.create(postgres, Servers.kafka().bootstrapServers())
                    .sql("CREATE TABLE t(id int PRIMARY KEY)");
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
                Xlog.awaitBarrier(source);
            }
            postgres.stop();
            copy(home, directory.resolve("copy"));
            postgres.start();
            try (CaptureRun run =
                    CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
                source.sql("INSERT INTO t SELECT generate_series(1, 10000)");
                Xlog.awaitBarrier(source);
            }
        }
        delete(home);
        copy(directory.resolve("copy"), home);
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().directory(home).start()) {
            source.url(postgres.jdbcUrl(source.name()));
            try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE))) {
                TwinlogException failure = run.awaitFailure();
                assertThat(failure.category()).isEqualTo(Category.GAP);
                assertThat(failure).hasMessageContaining("older copy was restored");
            }
        }
    }

    @Test
    void another_cluster_under_the_same_name() {
        Source source = captured();
        try (EmbeddedPostgres other = EmbeddedPostgres.builder().start()) {
            other.createDatabase(source.name());
            other.execute(source.name(), "CREATE TABLE t(id int PRIMARY KEY)");
            source.url(other.jdbcUrl(source.name()));
            assertThat(failure(source)).hasMessageContaining("system identifier");
        }
    }

    @Test
    void accepted_loss_begins_an_epoch_and_is_written_down() {
        Source source = captured();
        source.sql("SELECT pg_drop_replication_slot('" + source.slot() + "')", "INSERT INTO t VALUES (2)");
        try (Capture capture = new Capture(source.config(SnapshotMode.NONE), silent())) {
            capture.acceptLoss("the slot was dropped by mistake", "operator");
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.NONE)).awaitStreaming()) {
            source.sql("INSERT INTO t VALUES (3)");
            Xlog xlog = Xlog.awaitBarrier(source);
            assertThat(xlog.replay("t", "id").keySet()).containsExactly("1", "3");
            assertThat(xlog.control(ControlKind.GAP)).hasSize(1);
            assertThat(xlog.control(ControlKind.GAP).get(0).details())
                    .containsEntry("actor", "operator")
                    .containsKeys("from", "to", "reason");
            assertThat(xlog.transactions().get(1).begin().epoch()).isEqualTo(2);
        }
    }

    static CaptureListener silent() {
        return new CaptureListener() {
            @Override
            public void state(io.twinlog.schemas.status.MemberStatus status) {}

            @Override
            public void message(String line) {}
        };
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Object owner = Files.getAttribute(file, "unix:uid");
                Files.setAttribute(to.resolve(from.relativize(file)), "unix:uid", owner);
                Files.setAttribute(to.resolve(from.relativize(file)), "unix:gid", Files.getAttribute(file, "unix:gid"));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.sorted(java.util.Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
