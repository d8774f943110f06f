package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 2: what Kafka no longer has is a stop with a name, never a jump. */
class GapIT {

    private final Twin twin = new Twin(vendor());
    private TableScript table;

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private TableScript start() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        twin.script().epoch();
        table = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text")),
                        2);
        twin.script().commit(tx -> tx.insert(table, 1, "a").insert(table, 2, "b"));
        twin.start().awaitApplied();
        return table;
    }

    private void insert(int from, int count) {
        twin.script().commit(tx -> {
            for (int i = from; i < from + count; i++) {
                tx.insert(table, i, "x");
            }
        });
    }

    private void deleteRecords(String topic, int partitions) throws Exception {
        twin.sink().flush();
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            all.put(new TopicPartition(topic, i), RecordsToDelete.beforeOffset(-1));
        }
        twin.sink().admin().deleteRecords(all).all().get();
    }

    private void isGap(TwinlogException failure, String... parts) {
        assertThat(failure.category()).isEqualTo(Category.GAP);
        assertThat(failure).hasMessageContainingAll(parts);
        assertThat(twin.states()).last().satisfies(s -> assertThat(s.state()).isEqualTo(MemberState.STALE));
    }

    @Test
    void retention_that_passed_a_stopped_applier_is_a_gap_until_the_loss_is_accepted() throws Exception {
        start();
        twin.stop();
        insert(10, 20);
        deleteRecords(table.topic(), 2);
        insert(30, 1);
        isGap(twin.start().awaitFailure(), "Kafka has deleted records of " + table.topic(), "oldest one left is");
        twin.script().heartbeat();
        twin.sink().flush();
        new Applier(twin.config(), twin).acceptLoss("retention was too short", "ada");
        assertThat(twin.rows("SELECT actor, action, reason FROM twinlog.audit"))
                .containsExactly("ada|accept-loss|retention was too short");
        insert(40, 3);
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT count(*) FROM t WHERE id < 10 OR id >= 40"))
                .containsExactly("5");
    }

    @Test
    void retention_of_the_control_log_is_a_gap() throws Exception {
        start();
        twin.stop();
        insert(10, 2);
        deleteRecords(twin.replication() + ".transactions", 1);
        isGap(twin.start().awaitFailure(), twin.replication() + ".transactions-0");
    }

    @Test
    void a_deleted_topic_is_a_gap_while_running_and_at_the_next_start() throws Exception {
        start();
        twin.sink().admin().deleteTopics(List.of(table.topic())).all().get();
        isGap(twin.awaitFailure(), "Topic " + table.topic() + " was deleted");
        isGap(twin.start().awaitFailure(), "Topic " + table.topic() + " was deleted");
    }

    @Test
    void a_topic_of_the_same_name_is_another_topic() throws Exception {
        start();
        twin.stop();
        twin.sink().admin().deleteTopics(List.of(table.topic())).all().get();
        org.awaitility.Awaitility.await()
                .until(() -> !twin.sink().admin().listTopics().names().get().contains(table.topic()));
        twin.sink().topic(table.topic(), 2);
        insert(10, 2);
        isGap(twin.start().awaitFailure(), "was deleted and created again");
    }

    @Test
    void an_event_that_kafka_acknowledged_and_lost_is_a_gap() {
        start();
        twin.script()
                .commit(tx -> tx.insert(table, 3, "c").lost(table, 4, "d").insert(table, 5, "e"))
                .heartbeat();
        isGap(twin.awaitFailure(), "Event 1-2-2 is in no partition", "ordinal 2", table.topic());
        assertThat(twin.rows("SELECT id FROM t ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void a_new_target_does_not_start_behind_deleted_transactions() throws Exception {
        start();
        twin.stop();
        deleteRecords(twin.replication() + ".transactions", 1);
        insert(10, 2);
        twin.applierDrop();
        isGap(twin.start().awaitFailure(), "The target is new", "starts with transaction 2");
    }

    @Test
    void deleted_group_offsets_change_nothing() throws Exception {
        start();
        twin.stop();
        insert(10, 2);
        String group = "twinlog." + twin.replication();
        twin.sink()
                .admin()
                .deleteConsumerGroups(List.of(group))
                .deletedGroups()
                .get(group)
                .whenComplete((done, e) -> {});
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("4");
        assertThat(twin.conflicts()).isEmpty();
    }
}
