package io.twinlog.applier.replay;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.TargetVendor;
import io.twinlog.applier.Twin;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replay decides again, in order, once, and hands the key back to the applier. */
class ReplayIT {

    private static final String PLAIN = "id int PRIMARY KEY, v text, n int";
    private static final ReplayOrder REPLAY = ReplayOrder.replay("tester@here");
    private static final ReplayOrder OVERWRITE = REPLAY.policy(ConflictPolicy.OVERWRITE);

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    protected TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private TableScript table(String columns) {
        twin.sql("CREATE TABLE t (" + columns + ")");
        twin.script().epoch();
        return twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text"),
                                column("n", XlogType.INT, "integer")),
                        3);
    }

    private Replay replay() {
        return new Replay(twin.config());
    }

    private List<String> rows() {
        return twin.rows("SELECT id, v, n FROM t ORDER BY id");
    }

    private List<String> waiting() {
        return twin.rows("SELECT seq || '-' || ordinal || ' ' || kind FROM twinlog.held_event ORDER BY seq, ordinal");
    }

    private static List<String> states(List<ReplayOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome.id() + " " + outcome.state().label() + (outcome.changed() ? "" : " as before"))
                .toList();
    }

    private void nothingIsHeld() {
        assertThat(twin.rows("SELECT \"key\" FROM twinlog.held_key")).isEmpty();
        assertThat(waiting()).isEmpty();
        assertThat(twin.rows("SELECT id FROM twinlog.outbox")).isEmpty();
    }

    /** One conflict of each kind that a row can make, and one event behind each of the first three. */
    private void everyKind(TableScript t) {
        twin.sql("INSERT INTO t VALUES (1, 'here', 5), (2, 'here', 5), (4, 'here', 5), (6, 'uniq', 5), (7, 'm', 7),"
                + " (8, 'here', 8)");
        twin.script()
                .commit(tx -> tx.insert(t, 1, "new", 6))
                .commit(tx -> tx.update(t, row(2, "a", 1), row(2, "b", 6)))
                .commit(tx -> tx.update(t, row(3, "a", 1), row(3, "b", 6)))
                .commit(tx -> tx.delete(t, 4, "a", 6))
                .commit(tx -> tx.delete(t, 5, "a", 1))
                .commit(tx -> tx.move(t, row(7, "m", 7), row(8, "m", 7)))
                .commit(tx -> tx.insert(t, 9, "uniq", 1))
                .commit(tx -> tx.update(t, row(1, "new", 6), row(1, "newer", 6))
                        .update(t, row(2, "b", 6), row(2, "c", 6))
                        .delete(t, 3, "b", 6));
        twin.start().awaitApplied();
    }

    @Test
    void every_kind_replayed_by_overwrite_ends_as_at_the_source_and_its_chain_follows() {
        TableScript t = table(PLAIN);
        everyKind(t);
        assertThat(twin.resolutions()).hasSize(10);
        List<ReplayOutcome> outcomes = replay().replay(Selection.ALL, OVERWRITE);
        assertThat(outcomes).hasSize(10).allMatch(outcome -> outcome.state().isFinal() && outcome.changed());
        assertThat(rows()).containsExactly("1|newer|6", "2|c|6", "6|uniq|5", "8|m|7", "9|uniq|1");
        nothingIsHeld();
        assertThat(twin.resolutions())
                .hasSize(10)
                .allSatisfy((id, state) -> assertThat(state).isEqualTo("resolved"));
        twin.script().commit(tx -> tx.update(t, row(1, "newer", 6), row(1, "last", 6)));
        twin.awaitApplied();
        assertThat(rows()).contains("1|last|6");
    }

    @Test
    void a_unique_value_is_taken_from_the_rows_that_hold_it_and_the_dry_run_names_them() {
        TableScript t = table("id int PRIMARY KEY, v text UNIQUE, n int");
        twin.sql("INSERT INTO t VALUES (-1, 'a', 1)");
        twin.script().commit(tx -> tx.insert(t, 1, "a", 2));
        twin.start().awaitApplied();
        ReplayOutcome dry = replay().replay(Selection.ALL, OVERWRITE.asDryRun()).get(0);
        assertThat(dry.kind()).isEqualTo(ConflictKind.UNIQUE_EXISTS);
        assertThat(dry.removed())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("id", "-1"));
        assertThat(rows()).containsExactly("-1|a|1");
        assertThat(states(replay().replay(Selection.ALL, OVERWRITE))).containsExactly("1-1-1 resolved");
        assertThat(rows()).containsExactly("1|a|2");
    }

    @Test
    void without_a_policy_it_decides_again_and_a_conflict_that_is_no_more_closes_itself() {
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t VALUES (1, 'here', 5), (2, 'here', 5), (3, 'here', 5)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 5), row(1, "b", 5)).update(t, row(2, "a", 5), row(2, "b", 5)))
                .commit(tx -> tx.update(t, row(3, "a", 5), row(3, "b", 5)).insert(t, 4, "x", 1))
                .commit(tx -> tx.update(t, row(1, "b", 5), row(1, "c", 5)));
        twin.start().awaitApplied();
        assertThat(states(replay().replay(Selection.ALL, REPLAY)))
                .containsExactly(
                        "1-1-1 open as before", "1-1-2 open as before", "1-2-1 open as before", "1-3-1 held as before");
        // One is as the event expects it again, one is corrected by hand.
        twin.sql("UPDATE t SET v = 'a' WHERE id = 1", "UPDATE t SET v = 'b' WHERE id = 2");
        assertThat(states(replay().replay(Selection.ALL, REPLAY)))
                .containsExactly("1-1-1 resolved", "1-1-2 resolved", "1-2-1 open as before", "1-3-1 resolved");
        assertThat(rows()).containsExactly("1|c|5", "2|b|5", "3|here|5", "4|x|1");
        assertThat(waiting()).containsExactly("2-1 update_differs");
        Resolution resolution = replay().find("1-1-1").resolution();
        assertThat(resolution.actor()).isEqualTo("tester@here");
        assertThat(resolution.attempt()).isEqualTo(2);
    }

    @Test
    void a_new_conflict_in_the_chain_keeps_the_rest_held_and_is_told() {
        TableScript t = table(PLAIN);
        twin.script()
                .commit(tx -> tx.delete(t, 1, "a", 1))
                .commit(tx -> tx.update(t, row(1, "p", 1), row(1, "q", 1)))
                .commit(tx -> tx.delete(t, 1, "q", 1));
        twin.start().awaitApplied();
        List<ReplayOutcome> outcomes = replay().replay(Selection.of("1-1-1"), OVERWRITE);
        assertThat(states(outcomes)).containsExactly("1-1-1 resolved", "1-2-1 open");
        assertThat(outcomes.get(1).kind()).isEqualTo(ConflictKind.UPDATE_MISSING);
        assertThat(waiting()).containsExactly("2-1 update_missing", "3-1 behind");
        assertThat(twin.resolutions())
                .containsEntry("1-1-1", "resolved")
                .containsEntry("1-2-1", "open")
                .containsEntry("1-3-1", "held");
        ConflictRecord head = replay().find("1-2-1").conflict();
        assertThat(head.kind()).isEqualTo(ConflictKind.UPDATE_MISSING);
        assertThat(head.attempt()).isEqualTo(2);
        assertThat(head.after()).containsEntry("v", "q");
        // What waits further behind cannot overtake.
        assertThat(states(replay().replay(Selection.of("1-3-1"), OVERWRITE))).containsExactly("1-3-1 held as before");
        assertThat(states(replay().replay(Selection.ALL, OVERWRITE)))
                .containsExactly("1-2-1 resolved", "1-3-1 resolved");
        assertThat(rows()).isEmpty();
        nothingIsHeld();
    }

    @Test
    void discard_gives_up_one_event_and_releases_what_waits_behind_it() {
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t VALUES (1, 'here', 5)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 5), row(1, "b", 5)))
                .commit(tx -> tx.update(t, row(1, "here", 5), row(1, "here", 6)))
                .commit(tx -> tx.update(t, row(1, "b", 5), row(1, "c", 5)));
        twin.start().awaitApplied();
        assertThatThrownBy(() -> replay().replay(Selection.of("1-1-1"), ReplayOrder.discard("tester@here", " ")))
                .isInstanceOf(TwinlogException.class);
        assertThat(states(replay().replay(Selection.of("1-3-1"), ReplayOrder.discard("tester@here", "void"))))
                .containsExactly("1-3-1 discarded");
        assertThat(states(replay().replay(Selection.of("1-1-1"), ReplayOrder.discard("tester@here", "ticket 7"))))
                .containsExactly("1-1-1 discarded", "1-2-1 resolved");
        assertThat(rows()).containsExactly("1|here|6");
        nothingIsHeld();
        ConflictEntry given = replay().find("1-1-1");
        assertThat(given.resolution().reason()).isEqualTo("ticket 7");
        assertThat(states(replay().replay(Selection.of("1-1-1"), OVERWRITE)))
                .containsExactly("1-1-1 discarded as before");
    }

    @Test
    void twice_changes_nothing_and_a_dry_run_changes_nothing() {
        TableScript t = table(PLAIN);
        everyKind(t);
        List<String> before = rows();
        List<String> waiting = waiting();
        Map<String, String> resolutions = twin.resolutions();
        List<ReplayOutcome> dry = replay().replay(Selection.ALL, OVERWRITE.asDryRun());
        assertThat(dry).hasSize(10).allMatch(outcome -> outcome.state().isFinal());
        ReplayOutcome update =
                dry.stream().filter(o -> o.id().equals("1-2-1")).findFirst().orElseThrow();
        assertThat(update.now()).containsEntry("v", "here").containsEntry("n", "5");
        assertThat(update.incoming()).containsEntry("v", "b").containsEntry("n", "6");
        assertThat(update.result()).containsEntry("v", "b").containsEntry("n", "6");
        ReplayOutcome delete =
                dry.stream().filter(o -> o.id().equals("1-4-1")).findFirst().orElseThrow();
        assertThat(delete.incoming()).isNull();
        assertThat(delete.result()).isNull();
        assertThat(rows()).isEqualTo(before);
        assertThat(waiting()).isEqualTo(waiting);
        assertThat(twin.resolutions()).isEqualTo(resolutions);
        replay().replay(Selection.ALL, OVERWRITE);
        List<String> after = rows();
        assertThat(replay().replay(Selection.ALL, OVERWRITE)).isEmpty();
        assertThat(states(replay().replay(Selection.of("1-2-1"), OVERWRITE)))
                .containsExactly("1-2-1 resolved as before");
        assertThat(rows()).isEqualTo(after);
    }

    @Test
    void set_edits_the_row_that_is_written() {
        TableScript t = table("id int PRIMARY KEY, v text, n int CHECK (n < 100)");
        twin.script().commit(tx -> tx.insert(t, 1, "a", 500).insert(t, 2, "b", 600));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).containsExactly("1-1-1 constraint", "1-1-2 constraint");
        assertThatThrownBy(() -> replay().replay(Selection.ALL, REPLAY.set("n", "5")))
                .hasMessageContaining("single conflict");
        assertThatThrownBy(() -> replay().replay(Selection.of("1-1-1"), REPLAY.set("m", "5")))
                .hasMessageContaining("no column 'm'");
        assertThatThrownBy(() -> replay().replay(Selection.of("1-1-1"), REPLAY.set("id", "5")))
                .hasMessageContaining("key");
        assertThat(states(replay().replay(Selection.of("1-1-1"), REPLAY.set("n", "many"))))
                .containsExactly("1-1-1 open");
        assertThat(states(replay().replay(Selection.of("1-1-1"), REPLAY.set("n", "99"))))
                .containsExactly("1-1-1 resolved");
        assertThat(states(replay().replay(Selection.of("1-1-2"), REPLAY.set("n", null))))
                .containsExactly("1-1-2 resolved");
        assertThat(rows()).containsExactly("1|a|99", "2|b|null");
        nothingIsHeld();
    }

    @Test
    void an_event_that_was_left_out_is_superseded_by_a_later_one_of_its_key_that_is_applied() {
        twin.conflicts(new ConflictRules(ConflictPolicy.SKIP, 0, List.of()));
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t VALUES (1, 'here', 5), (2, 'here', 5)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 5), row(1, "b", 5)).update(t, row(2, "a", 5), row(2, "b", 5)))
                .commit(tx -> tx.update(t, row(1, "b", 5), row(1, "b", 9)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|here|9", "2|here|5");
        assertThat(replay().replay(Selection.ALL, OVERWRITE))
                .as("nothing is open")
                .isEmpty();
        assertThat(states(replay().replay(Selection.of("1-1-1", "1-1-2"), OVERWRITE)))
                .containsExactly("1-1-1 superseded", "1-1-2 resolved");
        assertThat(rows()).containsExactly("1|here|9", "2|b|5");
        assertThat(states(replay().replay(Selection.of("1-1-1", "1-1-2"), OVERWRITE)))
                .containsExactly("1-1-1 superseded as before", "1-1-2 resolved as before");
    }

    @Test
    void a_replay_that_dies_before_it_has_published_is_published_by_the_next_one() {
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t VALUES (1, 'here', 5)");
        twin.script().commit(tx -> tx.update(t, row(1, "a", 5), row(1, "b", 5)));
        twin.start().awaitApplied().stop();
        Replay dying = new Replay(twin.config(), twin.replication(), conflict -> true, Clock.systemUTC(), () -> {
            throw new IllegalStateException("killed");
        });
        assertThatThrownBy(() -> dying.replay(Selection.ALL, OVERWRITE)).hasMessage("killed");
        assertThat(rows()).containsExactly("1|b|5");
        assertThat(twin.resolutions()).containsEntry("1-1-1", "open");
        assertThat(replay().find("1-1-1").resolution().actor()).isEqualTo("tester@here");
        assertThat(replay().replay(Selection.ALL, OVERWRITE)).isEmpty();
        assertThat(twin.resolutions()).containsEntry("1-1-1", "resolved");
        nothingIsHeld();
        twin.script().commit(tx -> tx.update(t, row(1, "b", 5), row(1, "c", 5)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|c|5");
    }

    @Test
    void replays_under_load_on_the_same_keys_lose_double_and_overtake_nothing() throws Exception {
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t SELECT i, 'v', 0 FROM generate_series(0, 4) i");
        twin.batchEvents(50).start();
        int rounds = 150;
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            for (int round = 0; round < rounds; round++) {
                int from = round;
                twin.script().commit(tx -> {
                    for (int id = 0; id < 5; id++) {
                        tx.update(t, row(id, "v", from), row(id, "v", from + 1));
                    }
                });
                twin.sink().flush();
                // A steady load, slow enough to be under way for a few replays.
                LockSupport.parkNanos(30_000_000);
            }
        });
        int replays = 0;
        for (int i = 0; !load.isDone(); i++) {
            // Each key deviates again and again.
            twin.sql("UPDATE t SET n = -1 WHERE id = " + i % 5);
            if (replay().replay(Selection.ALL, OVERWRITE).stream().anyMatch(ReplayOutcome::changed)) {
                replays++;
            }
        }
        load.get();
        // The last deviation may have come behind the last change of its key: one more, so that none stays unnoticed.
        twin.script().commit(tx -> {
            for (int id = 0; id < 5; id++) {
                tx.update(t, row(id, "v", rounds), row(id, "v", rounds + 1));
            }
        });
        twin.awaitApplied();
        replay().replay(Selection.ALL, OVERWRITE);
        assertThat(rows().stream()
                        .map(line -> line.replaceFirst("^\\d+\\|", ""))
                        .distinct())
                .containsExactly("v|" + (rounds + 1));
        assertThat(replays).isPositive();
        nothingIsHeld();
    }

    @Test
    void a_hot_key_with_ten_thousand_events_behind_it_drains_while_it_goes_on_changing() throws Exception {
        TableScript t = table(PLAIN);
        twin.sql("INSERT INTO t VALUES (1, 'here', 0), (2, 'v', 0)");
        AtomicInteger n = new AtomicInteger();
        Consumer<Integer> change = times -> twin.script().commit(tx -> {
            for (int i = 0; i < times; i++) {
                int from = n.getAndIncrement();
                tx.update(t, row(1, "v", from), row(1, "v", from + 1))
                        .update(t, row(2, "v", from), row(2, "v", from + 1));
            }
        });
        twin.sql("UPDATE t SET n = -1 WHERE id = 1");
        for (int i = 0; i < 100; i++) {
            change.accept(100);
        }
        twin.start().awaitApplied(Duration.ofSeconds(120));
        assertThat(twin.rows("SELECT count(*) FROM twinlog.held_event")).containsExactly("10000");
        AtomicBoolean released = new AtomicBoolean();
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            while (!released.get()) {
                change.accept(20);
                twin.sink().flush();
                LockSupport.parkNanos(2_000_000);
            }
        });
        long begin = System.nanoTime();
        List<ReplayOutcome> outcomes = replay().replay(Selection.ALL, OVERWRITE);
        System.out.println("ReplayIT: " + outcomes.size() + " events of one key released in "
                + (System.nanoTime() - begin) / 1_000_000 + " ms under load");
        assertThat(load).as("the key changed all the time").isNotDone();
        released.set(true);
        load.get();
        twin.awaitApplied();
        assertThat(outcomes)
                .hasSizeGreaterThanOrEqualTo(10_000)
                .allMatch(o -> o.state().isFinal());
        nothingIsHeld();
        assertThat(rows()).containsExactly("1|v|" + n, "2|v|" + n);
        assertThat(twin.resolutions().values())
                .hasSizeGreaterThanOrEqualTo(10_000)
                .containsOnly("resolved");
    }

    @Test
    void two_replays_at_the_same_time_decide_on_each_conflict_once() {
        TableScript t = table(PLAIN);
        int conflicts = 200;
        twin.script().commit(tx -> {
            for (int i = 0; i < conflicts; i++) {
                tx.delete(t, i, "a", 1);
            }
        });
        twin.start().awaitApplied();
        List<CompletableFuture<Long>> changes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            changes.add(CompletableFuture.supplyAsync(() -> replay().replay(Selection.ALL, OVERWRITE).stream()
                    .filter(ReplayOutcome::changed)
                    .count()));
        }
        assertThat(changes.stream().mapToLong(CompletableFuture::join).sum()).isEqualTo(conflicts);
        nothingIsHeld();
    }

    @Test
    void a_paused_table_goes_on_and_only_what_conflicts_stays_held() {
        twin.conflicts(new ConflictRules(ConflictPolicy.HOLD, 2, List.of()));
        TableScript t = table(PLAIN);
        twin.start();
        for (int i = 0; i < 4; i++) {
            int id = i;
            twin.script().commit(tx -> tx.delete(t, id, "a", 1));
            twin.awaitApplied();
        }
        twin.script()
                .commit(tx -> tx.insert(t, 10, "free", 1).insert(t, 0, "back", 1))
                .commit(tx -> tx.update(t, row(10, "free", 1), row(10, "free", 2)));
        twin.awaitApplied();
        assertThat(twin.rows("SELECT source_table FROM twinlog.held_table")).containsExactly("t");
        assertThat(rows()).isEmpty();
        List<ReplayOutcome> outcomes = replay().replay(Selection.ALL, REPLAY);
        assertThat(rows()).containsExactly("10|free|2");
        assertThat(twin.rows("SELECT source_table FROM twinlog.held_table")).isEmpty();
        assertThat(outcomes.stream().filter(o -> o.kind() == ConflictKind.DELETE_MISSING))
                .hasSize(4);
        twin.script()
                .commit(tx -> tx.update(t, row(10, "free", 2), row(10, "free", 3))
                        .update(t, row(0, "back", 1), row(0, "back", 2)));
        twin.awaitApplied();
        assertThat(rows()).containsExactly("10|free|3");
        replay().replay(Selection.ALL, OVERWRITE);
        assertThat(rows()).containsExactly("0|back|2", "10|free|3");
        nothingIsHeld();
    }

    @Test
    void a_truncate_in_a_paused_table_ends_what_is_before_it_and_lets_pass_what_is_behind() {
        twin.conflicts(new ConflictRules(ConflictPolicy.HOLD, 2, List.of()));
        TableScript t = table(PLAIN);
        twin.start();
        for (int i = 0; i < 4; i++) {
            int id = i;
            twin.script().commit(tx -> tx.delete(t, id, "a", 1));
            twin.awaitApplied();
        }
        twin.script()
                .commit(tx -> tx.insert(t, 10, "before", 1))
                .commit(tx -> tx.truncate(t).insert(t, 11, "behind", 1))
                .commit(tx -> tx.update(t, row(11, "behind", 1), row(11, "behind", 2)));
        twin.awaitApplied();
        assertThat(rows()).isEmpty();
        assertThat(twin.rows("SELECT source_table FROM twinlog.held_table")).containsExactly("t");
        List<ReplayOutcome> outcomes = replay().replay(Selection.ALL, REPLAY);
        assertThat(rows()).containsExactly("11|behind|2");
        nothingIsHeld();
        assertThat(twin.resolutions())
                .containsAllEntriesOf(Map.of("1-1-1", "superseded", "1-4-1", "superseded", "1-5-1", "resolved"));
        assertThat(outcomes.stream().filter(o -> o.state().label().equals("superseded")))
                .hasSize(4);
        twin.script().commit(tx -> tx.update(t, row(11, "behind", 2), row(11, "behind", 3)));
        twin.awaitApplied();
        assertThat(rows()).containsExactly("11|behind|3");
    }

    @Test
    void an_unknown_id_and_a_policy_that_lacks_a_rule_are_refused() {
        TableScript t = table(PLAIN);
        twin.script().commit(tx -> tx.delete(t, 1, "a", 1));
        twin.start().awaitApplied();
        assertThatThrownBy(() -> replay().replay(Selection.of("1-1-1", "9-9-9"), OVERWRITE))
                .isInstanceOf(UnknownConflictException.class)
                .hasMessageContaining("9-9-9");
        assertThatThrownBy(() -> replay().replay(Selection.ALL, REPLAY.policy(ConflictPolicy.DELTA)))
                .hasMessageContaining("columns");
        assertThat(waiting()).containsExactly("1-1 delete_missing");
    }
}
