package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.held.HeldChains;
import io.twinlog.applier.held.HeldEvent;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.sql.Connection;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 9: a conflict holds its key, and nothing but its key. */
class HeldKeyIT {

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private TableScript table() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
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

    private List<String> rows() {
        return twin.rows("SELECT * FROM t ORDER BY id");
    }

    private List<String> waiting() {
        return twin.rows(
                "SELECT epoch || '-' || seq || '-' || ordinal, chain FROM twinlog.held_event ORDER BY seq, ordinal");
    }

    @Test
    void later_events_of_a_held_key_wait_behind_it_in_the_same_and_in_later_batches_and_after_a_restart() {
        TableScript t = table();
        twin.sql("INSERT INTO t VALUES (1, 'local'), (2, 'b')");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a"), row(1, "a2"))
                        .update(t, row(2, "b"), row(2, "b2"))
                        .update(t, row(1, "a2"), row(1, "a3")))
                .commit(tx -> tx.update(t, row(1, "a3"), row(1, "local")));
        twin.start().awaitApplied();
        assertThat(twin.outcomes())
                .containsExactly("1-1-1 update_differs held", "1-1-3 behind held 1-1-1", "1-2-1 behind held 1-1-1");
        assertThat(rows()).containsExactly("1|local", "2|b2");
        // Taken alone this one would pass.
        twin.script().commit(tx -> tx.update(t, row(1, "local"), row(1, "a5")).insert(t, 3, "c"));
        twin.awaitApplied().stop();
        twin.script().commit(tx -> tx.delete(t, 1, "a5").delete(t, 3, "c"));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local", "2|b2");
        assertThat(waiting())
                .containsExactly("1-1-1|1-1-1", "1-1-3|1-1-1", "1-2-1|1-1-1", "1-3-1|1-1-1", "1-4-1|1-1-1");
        assertThat(twin.resolutions())
                .containsEntry("1-1-1", "open")
                .containsEntry("1-1-3", "held")
                .containsEntry("1-4-1", "held")
                .hasSize(5);
        assertThat(twin.messages()).anyMatch(line -> line.contains("key held"));
    }

    @Test
    void a_changed_primary_key_holds_both_keys() {
        TableScript t = table();
        twin.sql("INSERT INTO t VALUES (1, 'local'), (5, 'e')");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a"), row(1, "a2")))
                .commit(tx -> tx.move(t, row(1, "a2"), row(9, "a2")))
                .commit(tx -> tx.update(t, row(9, "a2"), row(9, "a3")).update(t, row(5, "e"), row(5, "e2")))
                .commit(tx -> tx.move(t, row(9, "a3"), row(10, "a3")).insert(t, 1, "new"))
                .commit(tx -> tx.delete(t, 10, "a3"));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local", "5|e2");
        assertThat(waiting()).hasSize(8).allMatch(line -> line.endsWith("|1-1-1"));
        assertThat(twin.rows("SELECT count(*), count(DISTINCT chain) FROM twinlog.held_key"))
                .containsExactly("3|1");
    }

    @Test
    void a_primary_key_change_between_two_held_keys_makes_one_chain_of_them() {
        TableScript t = table();
        twin.script()
                .commit(tx -> tx.delete(t, 1, "a"))
                .commit(tx -> tx.delete(t, 2, "b"))
                .commit(tx -> tx.insert(t, 1, "x"))
                .commit(tx -> tx.move(t, row(1, "x"), row(2, "x")));
        twin.start().awaitApplied();
        assertThat(rows()).isEmpty();
        assertThat(twin.rows("SELECT count(*), count(DISTINCT chain) FROM twinlog.held_event"))
                .containsExactly("5|1");
        assertThat(twin.rows("SELECT count(*), count(DISTINCT chain) FROM twinlog.held_key"))
                .containsExactly("2|1");
    }

    @Test
    void truncate_comes_after_what_waits_and_ends_it() {
        TableScript t = table();
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a"), row(1, "a2")).insert(t, 2, "b"))
                .commit(tx -> tx.update(t, row(1, "a2"), row(1, "a3")));
        twin.start().awaitApplied();
        twin.script()
                .commit(tx -> tx.delete(t, 7, "gone").truncate(t))
                .commit(tx -> tx.insert(t, 1, "new").insert(t, 7, "new"));
        twin.awaitApplied();
        assertThat(rows()).containsExactly("1|new", "7|new");
        assertThat(waiting()).isEmpty();
        assertThat(twin.resolutions())
                .hasSize(3)
                .allSatisfy((id, state) -> assertThat(state).isEqualTo("superseded"));
        assertThat(twin.messages()).anyMatch(line -> line.contains("TRUNCATE came after 3 events"));
    }

    @Test
    void a_replay_in_another_session_gives_a_key_back_to_the_running_applier() throws Exception {
        TableScript t = table();
        twin.script().commit(tx -> tx.update(t, row(1, "a"), row(1, "a2")).delete(t, 4, "d"));
        twin.start().awaitApplied();
        try (Connection replay = twin.connect()) {
            replay.setAutoCommit(false);
            HeldChains chains = new HeldChains(replay, twin.replication());
            assertThat(chains.lockChain("1-1-1")).isTrue();
            twin.script().commit(tx -> tx.update(t, row(1, "a2"), row(1, "a3")).insert(t, 2, "b"));
            // The applier has to wait for the replay.
            Awaitility.await()
                    .until(() -> twin.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                                    + " 'Lock' AND application_name = 'twinlog " + twin.replication() + "'")
                            .equals(List.of("1")));
            for (HeldEvent event : chains.events("1-1-1", null, 10, Long.MAX_VALUE)) {
                chains.remove(event.id());
            }
            replay.createStatement().execute("INSERT INTO t VALUES (1, 'a2')");
            assertThat(chains.release("1-1-1")).isTrue();
            replay.commit();
        }
        twin.awaitApplied();
        assertThat(rows()).containsExactly("1|a3", "2|b");
        assertThat(waiting()).containsExactly("1-1-2|1-1-2");
        twin.script().commit(tx -> tx.update(t, row(1, "a3"), row(1, "a4")).insert(t, 4, "again"));
        twin.awaitApplied();
        assertThat(rows()).containsExactly("1|a4", "2|b");
        assertThat(waiting()).containsExactly("1-1-2|1-1-2", "1-3-2|1-1-2");
    }

    @Test
    void a_table_with_too_many_conflicts_is_paused_alone() {
        twin.conflicts(new ConflictRules(ConflictPolicy.HOLD, 3, List.of()));
        TableScript t = table();
        twin.sql("CREATE TABLE o (id int PRIMARY KEY, v text)");
        TableScript other = twin.script()
                .table(
                        shape(
                                "o",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text")),
                        1);
        twin.script().commit(tx -> {
            for (int id = 0; id < 4; id++) {
                tx.delete(t, id, "x");
            }
        });
        twin.start().awaitApplied();
        twin.script().commit(tx -> tx.insert(t, 100, "y").insert(other, 1, "o").truncate(t));
        twin.script().commit(tx -> tx.insert(t, 101, "y").insert(other, 2, "o"));
        twin.awaitApplied();
        assertThat(rows()).isEmpty();
        assertThat(twin.rows("SELECT id FROM o ORDER BY id")).containsExactly("1", "2");
        assertThat(waiting()).hasSize(7).allMatch(line -> line.endsWith("|table:public.t"));
        assertThat(twin.rows("SELECT source_table, reason FROM twinlog.held_table"))
                .singleElement()
                .asString()
                .startsWith("t|4 conflicts in a minute are more than conflicts.max = 3");
    }
}
