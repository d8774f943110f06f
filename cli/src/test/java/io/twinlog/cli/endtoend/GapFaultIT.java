package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 2: where a position is no longer available the product stops with exit code 3 and a message that names the gap and both
 * positions; it never jumps.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class GapFaultIT {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Twins twins;

    @BeforeEach
    void replicate_one_row() {
        twins = Twins.start(directory, "none", "256m");
        twins.onBoth("CREATE TABLE t(id int PRIMARY KEY, v text)");
        twins.launch("run");
        twins.source.execute(Twins.DATABASE, "INSERT INTO t VALUES (1, 'a')");
        twins.awaitApplied();
        twins.process("run").terminate();
        assertThat(twins.process("run").awaitExit(STOP_LIMIT)).as(twins.logs()).isZero();
    }

    @AfterEach
    void close() {
        twins.close();
    }

    @Test
    void a_slot_that_was_dropped() {
        twins.source.execute(Twins.DATABASE, "SELECT pg_drop_replication_slot('twinlog_shop')");
        lose();

        assertGap("twinlog_shop", "0/");
        assertThat(Twins.text(twins.source, "SELECT count(*) FROM pg_replication_slots"))
                .as("a new slot would hide the gap")
                .isEqualTo("0");
    }

    @Test
    void a_slot_that_was_created_again_by_hand() {
        twins.source.execute(Twins.DATABASE, "SELECT pg_drop_replication_slot('twinlog_shop')");
        lose();
        twins.source.execute(Twins.DATABASE, "SELECT pg_create_logical_replication_slot('twinlog_shop', 'pgoutput')");

        assertGap("twinlog_shop", "0/");
    }

    @Test
    void a_slot_that_lost_its_log_and_then_an_audited_acceptance() {
        twins.source.execute(
                Twins.DATABASE, "ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'", "SELECT pg_reload_conf()");
        lose();
        for (int i = 0; i < 8; i++) {
            twins.source.execute(
                    Twins.DATABASE,
                    "CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)",
                    "DROP TABLE filler",
                    "SELECT pg_switch_wal()",
                    "CHECKPOINT");
        }
        assertThat(Twins.text(twins.source, "SELECT wal_status FROM pg_replication_slots"))
                .isEqualTo("lost");

        assertGap("lost", "0/");
        assertThat(twins.command(0, "status")).as("status says it too").containsAnyOf("STALE", "GAP", "lost");

        twins.command(0, "accept-loss", "--reason", "test");
        twins.launch("run");
        twins.source.execute(Twins.DATABASE, "INSERT INTO t VALUES (3, 'after')");
        twins.awaitApplied();
        assertThat(Twins.text(twins.target, "SELECT string_agg(id::text, ',' ORDER BY id) FROM t"))
                .as("row 2 is the accepted loss")
                .isEqualTo("1,3");
    }

    @Test
    void records_of_a_topic_that_were_deleted_before_they_were_applied() throws Exception {
        JavaProcess capture = twins.launch("capture");
        lose();
        awaitInTopic(3);
        try (Admin admin = admin()) {
            for (int partition = 0; partition < 3; partition++) {
                admin.deleteRecords(Map.of(
                                new TopicPartition("shop.public.t", partition), RecordsToDelete.beforeOffset(-1)))
                        .all()
                        .get();
            }
        }
        capture.terminate();
        assertThat(capture.awaitExit(STOP_LIMIT)).isZero();

        assertGap("shop.public.t");
    }

    @Test
    void a_data_topic_that_was_deleted() throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of("shop.public.t")).all().get();
        }
        lose();

        assertGap("shop.public.t");
    }

    @Test
    void a_control_log_that_was_deleted() throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of("shop.transactions")).all().get();
        }
        lose();

        assertGap("shop.transactions");
    }

    @Test
    void a_source_restored_from_an_older_copy_under_the_same_name() throws Exception {
        Path data = twins.source.dataDir();
        Path copy = directory.resolve("backup");
        twins.source.stop();
        copy(data, copy);
        twins.source.start();
        twins.launch("run");
        twins.source.execute(
                Twins.DATABASE,
                "INSERT INTO t SELECT i, repeat('x', 1000) FROM generate_series(10, 5000) i",
                "SELECT pg_switch_wal()");
        twins.awaitApplied();
        twins.process("run").terminate();
        assertThat(twins.process("run").awaitExit(STOP_LIMIT)).isZero();
        twins.source.stop();
        delete(data);
        copy(copy, data);
        twins.source.start();
        lose();

        assertGap("0/");
    }

    /** A change that must not get lost in silence. */
    private void lose() {
        twins.source.execute(
                Twins.DATABASE, "INSERT INTO t SELECT i, 'lost' FROM generate_series(2, 2) i ON CONFLICT DO NOTHING");
    }

    private void assertGap(String... named) {
        JavaProcess run = twins.launch("run");
        int exit = run.awaitExit(STOP_LIMIT);
        assertThat(exit).as("exit code of run%n%s", run.output()).isEqualTo(3);
        assertThat(run.output()).containsIgnoringCase("gap").contains(named);
        assertThat(Twins.text(twins.target, "SELECT count(*) FROM t WHERE id = 2"))
                .as("nothing was jumped over")
                .isEqualTo("0");
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", twins.kafka.bootstrapServers()));
    }

    private void awaitInTopic(int partitions) throws ExecutionException, InterruptedException {
        try (Admin admin = admin()) {
            long end = System.nanoTime() + STOP_LIMIT.toNanos();
            long records = 0;
            while (records < 2) {
                assertThat(System.nanoTime()).as("the change reaches its topic").isLessThan(end);
                records = 0;
                for (int partition = 0; partition < partitions; partition++) {
                    TopicPartition tp = new TopicPartition("shop.public.t", partition);
                    records += admin.listOffsets(Map.of(tp, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                            .partitionResult(tp)
                            .get()
                            .offset();
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(folder).toString());
                Files.createDirectories(target);
                Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(folder));
                Files.setAttribute(target, "unix:uid", Files.getAttribute(folder, "unix:uid"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                Files.setAttribute(target, "unix:uid", Files.getAttribute(file, "unix:uid"));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            paths.sorted(java.util.Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
