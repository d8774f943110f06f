package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.TcpProxy;
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

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    /** Replications whose sessions are killed at the same time, since most of it is spent in pauses. */
    int replications() {
        return 4;
    }

    /** How often a session of each is killed. */
    int kills() {
        return 25;
    }

    /** How many processes are killed. */
    int processes() {
        return 6;
    }

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

    @Test
    void sessions_killed_between_publication_and_commit_lose_no_conflict() {
        long start = System.nanoTime();
        List<CompletableFuture<Void>> all = IntStream.range(0, replications())
                .mapToObj(i -> CompletableFuture.runAsync(this::killSessions, task -> {
                    Thread thread = new Thread(task, "replication-" + i);
                    thread.setDaemon(true);
                    thread.start();
                }))
                .toList();
        all.forEach(CompletableFuture::join);
        System.out.println(getClass().getSimpleName() + ": " + replications() * kills() + " kills in "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }

    private void killSessions() {
        int kills = kills();
        int conflicts = 3 * kills;
        try (Twin twin = new Twin(vendor())) {
            TableScript t = table(twin, conflicts);
            // Two transactions at a time.
            twin.batchEvents(4).start().awaitApplied();
            twin.stop();
            CommitTrigger trigger = CommitTrigger.of(vendor(), twin);
            trigger.endSessions(kills);
            for (int i = 0; i < conflicts; i++) {
                change(twin, t, i, conflicts);
            }
            twin.start().awaitApplied(Duration.ofSeconds(120));
            assertThat(trigger.tried())
                    .as("commits tried, every other one killed")
                    .isGreaterThanOrEqualTo(2 * kills);
            assertThat(records(twin))
                    .as("records on the topic: every kill struck behind the publication of a conflict")
                    .isGreaterThanOrEqualTo(conflicts + kills);
            eachIsKnownOnce(twin, conflicts);
        }
    }

    /** The applier's process dies by SIGKILL; in every other round its last words, a COMMIT, still reach the server. */
    @Test
    void processes_killed_between_publication_and_commit_lose_no_conflict() throws Exception {
        int processes = processes();
        try (Twin twin = new Twin(vendor());
                TcpProxy line = TcpProxy.to(vendor().port());
                Connection gate = twin.connect();
                Statement statement = gate.createStatement()) {
            TableScript t = table(twin, processes);
            twin.start().awaitApplied();
            twin.stop();
            CommitTrigger trigger = CommitTrigger.of(vendor(), twin);
            trigger.keepWaiting();
            for (int round = 0; round < processes; round++) {
                boolean lastWords = round % 2 == 1;
                change(twin, t, round, processes);
                twin.script().heartbeat();
                twin.sink().flush();
                long published = records(twin);
                statement.execute(trigger.shut());
                String session;
                try (JavaProcess applier = process(twin, line)) {
                    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                        assertThat(applier.isRunning()).as(applier.output()).isTrue();
                        return !trigger.waiting().isEmpty();
                    });
                    session = trigger.waiting().get(0);
                    assertThat(records(twin)).as("published before the commit").isEqualTo(published + 1);
                    if (lastWords && !trigger.hasCommitBehind()) {
                        line.freezeUp();
                        statement.execute(trigger.open());
                        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> line.holdsBack("COMMIT"));
                    }
                    applier.kill();
                    applier.awaitExit(Duration.ofSeconds(20));
                }
                line.heal();
                if (!lastWords) {
                    trigger.end(session);
                }
                statement.execute(trigger.open());
                Awaitility.await().until(() -> !trigger.isThere(session));
                assertThat(twin.rows("SELECT seq FROM twinlog.progress"))
                        .containsExactly("" + (lastWords ? round + 1 : round));
                if (!lastWords) {
                    twin.start().awaitApplied();
                    twin.stop();
                    assertThat(records(twin)).as("published once more").isEqualTo(published + 2);
                }
            }
            eachIsKnownOnce(twin, processes);
        }
    }

    private JavaProcess process(Twin twin, TcpProxy line) {
        return JavaProcess.of(ApplierMain.class)
                .heap("128m")
                .arguments(
                        twin.replication(),
                        Servers.kafka().bootstrapServers(),
                        twin.url().replace(":" + vendor().port() + "/", ":" + line.port() + "/"),
                        vendor().user(),
                        "5000")
                .start();
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
