package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
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
 * positions; it never jumps. The gaps that each side detects are tested with its module; here the whole product meets three.
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
        // Without an initial sync only what comes after the slot is replicated.
        twins.awaitApplied();
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
        assertThat(twins.command(3, "status")).as("status says it too").containsAnyOf("STALE", "GAP", "lost");

        twins.command(0, "accept-loss", "--reason", "test");
        twins.launch("run");
        twins.awaitApplied();
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
}
