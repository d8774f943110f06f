package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Invariant 8: killed exactly between the acknowledgement of the conflict topic and the commit. The instant is made certain at the target: a
 * trigger on the progress row, which is written after the publication and before the commit.
 */
class ConflictKillFaultIT {

    private static final int REPLICATIONS = 4;
    private static final int KILLS = 25;
    private static final int CONFLICTS = 75;
    private static final int PROCESSES = 6;
    private static final long GATE = 4242;

    private static TableScript table(Twin twin, int conflicts) {
        twin.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "INSERT INTO t SELECT i, 'local' FROM generate_series(0, " + (conflicts - 1) + ") i");
        twin.script().epoch();
        return twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text")),
                        3);
    }

    private static void beforeCommit(Twin twin, String function) {
        twin.sql(
                "CREATE TRIGGER kill BEFORE UPDATE OF seq ON twinlog.progress FOR EACH ROW WHEN (NEW.seq IS DISTINCT FROM OLD.seq)"
                        + " EXECUTE FUNCTION " + function + "()",
                "ALTER TABLE twinlog.progress ENABLE ALWAYS TRIGGER kill");
    }

    // A conflict and a row that is none.
    private static void change(Twin twin, TableScript t, int id, int conflicts) {
        twin.script().commit(tx -> tx.insert(t, id, "source").insert(t, conflicts + id, "source"));
    }

    private static void eachIsKnownOnce(Twin twin, int conflicts) {
        assertThat(twin.conflicts())
                .extracting(ConflictRecord::id)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, conflicts)
                        .mapToObj(seq -> "1-" + seq + "-1")
                        .toList());
        assertThat(twin.rows("SELECT count(*) FROM t WHERE v = 'source'")).containsExactly("" + conflicts);
        assertThat(twin.rows("SELECT count(*) FROM t WHERE v = 'local'")).containsExactly("" + conflicts);
        assertThat(twin.rows("SELECT count(*) FROM twinlog.held_key")).containsExactly("" + conflicts);
        assertThat(twin.rows("SELECT count(*) FROM twinlog.held_event")).containsExactly("" + conflicts);
    }

    /** The session kills itself; a sequence counts, since no rollback takes it back. Most of the time is spent in pauses, so four at once. */
    @Test
    void sessions_killed_a_hundred_times_between_publication_and_commit_lose_no_conflict() {
        long start = System.nanoTime();
        List<CompletableFuture<Void>> all = IntStream.range(0, REPLICATIONS)
                .mapToObj(i -> CompletableFuture.runAsync(ConflictKillFaultIT::killSessions, task -> {
                    Thread thread = new Thread(task, "replication-" + i);
                    thread.setDaemon(true);
                    thread.start();
                }))
                .toList();
        all.forEach(CompletableFuture::join);
        System.out.println("ConflictKillFaultIT: " + REPLICATIONS * KILLS + " kills in "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }

    private static void killSessions() {
        try (Twin twin = new Twin()) {
            TableScript t = table(twin, CONFLICTS);
            twin.sql(
                    "CREATE SEQUENCE commits",
                    "CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := nextval('commits');"
                            + " BEGIN IF n % 2 = 1 AND n < " + 2 * KILLS
                            + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$");
            // Two transactions at a time.
            twin.batchEvents(4).start().awaitApplied();
            twin.stop();
            beforeCommit(twin, "kill");
            for (int i = 0; i < CONFLICTS; i++) {
                change(twin, t, i, CONFLICTS);
            }
            twin.start().awaitApplied(Duration.ofSeconds(120));
            assertThat(Long.parseLong(
                            twin.rows("SELECT last_value FROM commits").get(0)))
                    .as("commits tried, every other one killed")
                    .isGreaterThanOrEqualTo(2 * KILLS);
            assertThat(records(twin))
                    .as("records on the topic: every kill struck behind the publication of a conflict")
                    .isGreaterThanOrEqualTo(CONFLICTS + KILLS);
            eachIsKnownOnce(twin, CONFLICTS);
        }
    }

    /** The applier's process dies by SIGKILL; in every other round its last words, a COMMIT, still reach the server. */
    @Test
    void processes_killed_between_publication_and_commit_lose_no_conflict() throws Exception {
        try (Twin twin = new Twin();
                Connection gate = twin.connect();
                Statement statement = gate.createStatement()) {
            TableScript t = table(twin, PROCESSES);
            twin.sql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                    + " pg_advisory_xact_lock_shared(" + GATE + "); RETURN NEW; END $$");
            twin.start().awaitApplied();
            twin.stop();
            beforeCommit(twin, "wait");
            for (int round = 0; round < PROCESSES; round++) {
                change(twin, t, round, PROCESSES);
                twin.script().heartbeat();
                twin.sink().flush();
                long published = records(twin);
                statement.execute("SELECT pg_advisory_lock(" + GATE + ")");
                try (JavaProcess applier = process(twin)) {
                    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                        assertThat(applier.isRunning()).as(applier.output()).isTrue();
                        return !waiting(twin).isEmpty();
                    });
                    assertThat(records(twin)).as("published before the commit").isEqualTo(published + 1);
                    applier.kill();
                    applier.awaitExit(Duration.ofSeconds(20));
                }
                if (round % 2 == 0) {
                    twin.rows("SELECT pg_terminate_backend(" + waiting(twin).get(0) + ", 20000)");
                }
                statement.execute("SELECT pg_advisory_unlock(" + GATE + ")");
                Awaitility.await()
                        .until(() -> twin.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'twinlog "
                                        + twin.replication() + "'")
                                .isEmpty());
                assertThat(twin.rows("SELECT seq FROM twinlog.progress"))
                        .containsExactly("" + (round % 2 == 0 ? round : round + 1));
                if (round % 2 == 0) {
                    twin.start().awaitApplied();
                    twin.stop();
                    assertThat(records(twin)).as("published once more").isEqualTo(published + 2);
                }
            }
            eachIsKnownOnce(twin, PROCESSES);
        }
    }

    private static JavaProcess process(Twin twin) {
        return JavaProcess.of(ApplierMain.class)
                .heap("128m")
                .arguments(twin.replication(), Servers.kafka().bootstrapServers(), twin.url(), "postgres", "5000")
                .start();
    }

    private static List<String> waiting(Twin twin) {
        return twin.rows("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + GATE
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    private static long records(Twin twin) {
        TopicPartition partition = new TopicPartition(new TopicNames(twin.replication()).conflicts(), 0);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Servers.kafka().bootstrapServers()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .offset();
        }
    }
}
