package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Invariant 8: the target's session is killed 100 times exactly between the acknowledgement of the conflict topic and the
 * commit: the statement that writes the progress kills its own session. A sequence counts, since no rollback takes it back.
 *
 * <p>It does not kill the applier's process; {@link CrashFaultIT} does, at random instants.
 */
class ConflictKillFaultIT {

    private static final int KILLS = 100;
    private static final int CONFLICTS = 300;

    @Test
    void killed_between_publication_and_commit_no_conflict_is_lost_and_each_is_known_once() throws Exception {
        try (Twin twin = new Twin()) {
            twin.sql(
                    "CREATE TABLE t (id int PRIMARY KEY, v text)",
                    "INSERT INTO t SELECT i, 'local' FROM generate_series(0, " + (CONFLICTS - 1) + ") i",
                    "CREATE SEQUENCE commits",
                    "CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := nextval('commits');"
                            + " BEGIN IF n % 2 = 1 AND n < " + 2 * KILLS
                            + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$");
            twin.script().epoch();
            TableScript t = twin.script()
                    .table(
                            shape(
                                    "t",
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.INT, "integer"),
                                    column("v", XlogType.TEXT, "text")),
                            3);
            // Two transactions at a time, each with a conflict and a row that is none.
            twin.batchEvents(4).start().awaitApplied();
            twin.stop();
            twin.sql(
                    "CREATE TRIGGER kill BEFORE UPDATE OF seq ON twinlog.progress FOR EACH ROW WHEN (NEW.seq IS DISTINCT FROM OLD.seq)"
                            + " EXECUTE FUNCTION kill()",
                    "ALTER TABLE twinlog.progress ENABLE ALWAYS TRIGGER kill");
            for (int i = 0; i < CONFLICTS; i++) {
                int id = i;
                twin.script().commit(tx -> tx.insert(t, id, "source").insert(t, CONFLICTS + id, "source"));
            }
            long start = System.nanoTime();
            twin.start().awaitApplied(Duration.ofSeconds(120));
            System.out.println("ConflictKillFaultIT: " + KILLS + " kills in "
                    + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
            assertThat(Long.parseLong(
                            twin.rows("SELECT last_value FROM commits").get(0)))
                    .as("commits tried, every other one killed")
                    .isGreaterThanOrEqualTo(2 * KILLS);
            assertThat(twin.conflicts())
                    .extracting(ConflictRecord::id)
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, CONFLICTS)
                            .mapToObj(seq -> "1-" + seq + "-1")
                            .toList());
            assertThat(records(twin))
                    .as("records on the topic: every kill struck behind the publication of a conflict")
                    .isGreaterThanOrEqualTo(CONFLICTS + KILLS);
            assertThat(twin.rows("SELECT count(*) FROM t WHERE v = 'source'")).containsExactly("" + CONFLICTS);
            assertThat(twin.rows("SELECT count(*) FROM t WHERE v = 'local'")).containsExactly("" + CONFLICTS);
            assertThat(twin.rows("SELECT count(*) FROM twinlog.held_key")).containsExactly("" + CONFLICTS);
        }
    }

    private static long records(Twin twin) throws Exception {
        TopicPartition partition = new TopicPartition(new TopicNames(twin.replication()).conflicts(), 0);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Servers.kafka().bootstrapServers()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }
}
