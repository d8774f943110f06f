package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRule.Scope;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.replay.Replay;
import io.twinlog.applier.replay.ReplayOrder;
import io.twinlog.applier.replay.Selection;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.Unchanged;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each policy makes of each kind, and that there is always a record (invariant 8). */
class PolicyIT {

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

    TableScript table(String columns, ConflictRule... rules) {
        twin.script().epoch();
        return tableOfEpoch(columns, rules);
    }

    private TableScript tableOfEpoch(String columns, ConflictRule... rules) {
        twin.conflicts(new ConflictRules(ConflictPolicy.HOLD, 0, List.of(rules)));
        twin.sql("CREATE TABLE t (" + columns + ")");
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

    static final String PLAIN = "id int PRIMARY KEY, v text, n int";

    static ConflictRule rule(ConflictPolicy policy, String column, List<String> columns, List<String> origins) {
        return new ConflictRule(List.of(), List.of(), policy, column, columns, origins, Scope.CHANGED);
    }

    private List<String> rows() {
        return twin.rows("SELECT id, v, n FROM t ORDER BY id");
    }

    /** One conflict of each kind that has a row to compare, and one event behind each. */
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
                .commit(tx -> tx.insert(t, 9, "free", 1));
        twin.start().awaitApplied();
    }

    @Test
    void skip_leaves_every_target_row_and_holds_nothing() {
        TableScript t = table(PLAIN, ConflictRule.of(ConflictPolicy.SKIP));
        everyKind(t);
        assertThat(rows())
                .containsExactly("1|here|5", "2|here|5", "4|here|5", "6|uniq|5", "7|m|7", "8|here|8", "9|free|1");
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-1 insert_exists kept",
                        "1-2-1 update_differs kept",
                        "1-3-1 update_missing kept",
                        "1-4-1 delete_differs kept",
                        "1-5-1 delete_missing kept",
                        "1-6-1 insert_exists kept",
                        "1-6-2 insert_exists kept");
        assertThat(twin.resolutions())
                .hasSize(7)
                .allSatisfy((id, state) -> assertThat(state).isEqualTo("resolved"));
        assertThat(twin.rows("SELECT * FROM twinlog.held_key")).isEmpty();
    }

    @Test
    void overwrite_lets_every_event_win() {
        TableScript t = table(PLAIN, ConflictRule.of(ConflictPolicy.OVERWRITE));
        everyKind(t);
        assertThat(rows()).containsExactly("1|new|6", "2|b|6", "3|b|6", "6|uniq|5", "8|m|7", "9|free|1");
        assertThat(twin.outcomes()).hasSize(7).allMatch(line -> line.endsWith(" applied"));
        ConflictRecord differs = twin.conflicts().stream()
                .filter(c -> c.id().equals("1-2-1"))
                .findFirst()
                .orElseThrow();
        assertThat(differs.current())
                .as("the overwritten row")
                .containsEntry("v", "here")
                .containsEntry("n", "5");
        assertThat(differs.differing()).containsExactly("v", "n");
    }

    @Test
    void overwrite_takes_a_unique_value_from_all_rows_that_hold_it_and_names_them() {
        TableScript t = table(
                "id int PRIMARY KEY, v text CONSTRAINT one_v UNIQUE, n int CONSTRAINT one_n UNIQUE",
                ConflictRule.of(ConflictPolicy.OVERWRITE));
        twin.sql("INSERT INTO t VALUES (-1, 'a', 100), (-2, 'z', 1), (-3, 'y', 3)");
        twin.script().commit(tx -> tx.insert(t, 1, "a", 1).insert(t, 2, "b", 2));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("-3|y|3", "1|a|1", "2|b|2");
        ConflictRecord unique = twin.conflicts().get(0);
        assertThat(unique.blocking()).extracting(r -> r.get("id")).containsExactlyInAnyOrder("-1", "-2");
        assertThat(unique.evidence()).contains("one_v", "one_n");
        assertThat(unique.constraint()).isIn("one_v", "one_n");
    }

    @Test
    void overwrite_of_a_missing_row_that_is_not_wholly_known_is_held() {
        TableScript t = twin.script()
                .epoch()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.KEY,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text"),
                                column("n", XlogType.INT, "integer")),
                        3);
        twin.conflicts(new ConflictRules(ConflictPolicy.OVERWRITE, 0, List.of()));
        twin.sql("CREATE TABLE t (" + PLAIN + ")");
        twin.script()
                .commit(tx -> tx.update(t, null, row(1, Unchanged.UNCHANGED, 2)))
                .commit(tx -> tx.update(t, null, row(2, "whole", 2)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("2|whole|2");
        assertThat(twin.outcomes()).containsExactly("1-1-1 update_missing held", "1-2-1 update_missing applied");
    }

    @Test
    void newest_by_column_compares_the_event_with_the_row() {
        TableScript t = table(PLAIN, rule(ConflictPolicy.NEWEST, "n", List.of(), List.of()));
        twin.sql("INSERT INTO t VALUES (1, 'local', 50), (2, 'local', 1), (3, 'local', 50), (4, 'local', 2)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 1), row(1, "b", 10)).update(t, row(2, "a", 2), row(2, "b", 10)))
                .commit(tx -> tx.delete(t, 3, "a", 10).delete(t, 4, "a", 10).insert(t, 2, "c", 3));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local|50", "2|b|10", "3|local|50");
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-1 update_differs kept",
                        "1-1-2 update_differs applied",
                        "1-2-1 delete_differs kept",
                        "1-2-2 delete_differs applied",
                        "1-2-3 insert_exists kept");
    }

    /** Two sites that replicate each other decide alike, so that a tie does not swap their rows. */
    @Test
    void a_tie_goes_to_the_site_whose_identity_is_greater_by_the_names_that_captures_give_them() {
        // The first one is of MariaDB or MySQL, which tell no database.
        List<Map<String, String>> sites = new ArrayList<>(List.of(Map.of(Detail.SYSTEM_ID, "0")));
        Map<String, String> own = vendor().site(twin);
        String id = own.get(Detail.SYSTEM_ID);
        for (String each : List.of(id.substring(0, id.length() - 1), id, id + "0")) {
            Map<String, String> site = new HashMap<>(own);
            site.put(Detail.SYSTEM_ID, each);
            sites.add(site);
        }
        twin.script().epoch(sites.get(0));
        TableScript t = tableOfEpoch(PLAIN, rule(ConflictPolicy.NEWEST, "n", List.of(), List.of()));
        twin.sql("INSERT INTO t VALUES (0, 'local', 5), (1, 'local', 5), (2, 'local', 5), (3, 'local', 5)");
        for (int i = 0; i < sites.size(); i++) {
            int row = i;
            twin.script().epoch(sites.get(i)).commit(tx -> tx.insert(t, row, "new", 5));
        }
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("0|local|5", "1|local|5", "2|new|5", "3|new|5");
    }

    @Test
    void maximum_and_minimum_by_column() {
        ConflictRule least = new ConflictRule(
                List.of("public.t"),
                List.of(io.twinlog.schemas.conflict.ConflictKind.INSERT_EXISTS),
                ConflictPolicy.MINIMUM,
                "n",
                List.of(),
                List.of(),
                Scope.CHANGED);
        TableScript t = table(PLAIN, least, rule(ConflictPolicy.MAXIMUM, "n", List.of(), List.of()));
        twin.sql("INSERT INTO t VALUES (1, 'local', 5), (2, 'local', 5), (3, 'local', 5), (4, 'local', NULL)");
        twin.script()
                .commit(tx -> tx.insert(t, 1, "ins", 4).insert(t, 2, "ins", 6))
                .commit(tx -> tx.update(t, row(3, "a", 1), row(3, "b", 9)).update(t, row(4, "a", 1), row(4, "b", 1)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|ins|4", "2|local|5", "3|b|9", "4|b|1");
    }

    @Test
    void delta_adds_the_differences_so_that_no_change_of_either_side_is_lost() {
        TableScript t = table(PLAIN, rule(ConflictPolicy.DELTA, null, List.of("n"), List.of()));
        twin.sql("INSERT INTO t VALUES (1, 'a', 90), (2, 'local', 90)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 100), row(1, "a2", 130)))
                .commit(tx -> tx.update(t, row(1, "a2", 130), row(1, "a2", 125)))
                .commit(tx -> tx.update(t, row(2, "a", 100), row(2, "b", 130)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|a2|115", "2|local|90");
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-1 update_differs merged", "1-2-1 update_differs merged", "1-3-1 update_differs held");
    }

    @Test
    void stop_stops_before_the_transaction_and_says_what_to_do() {
        TableScript t = table(PLAIN, ConflictRule.of(ConflictPolicy.STOP));
        twin.script()
                .commit(tx -> tx.insert(t, 1, "a", 1))
                .commit(tx -> tx.insert(t, 2, "secret", 1).delete(t, 7, "secret", 1));
        twin.start();
        TwinlogException stopped = twin.awaitFailure();
        assertThat(stopped.category()).isEqualTo(Category.HALT);
        assertThat(stopped.getMessage())
                .contains("Policy stop", "delete_missing", "public.t", "1-2-2", "conflicts.rules")
                .doesNotContain("secret");
        assertThat(twin.rows("SELECT id FROM t WHERE id <> 1")).isEmpty();
        assertThat(twin.outcomes()).containsExactly("1-2-2 delete_missing stopped");
        assertThat(twin.resolutions()).containsExactly(java.util.Map.entry("1-2-2", "open"));
        Replay replay = new Replay(twin.config());
        ReplayOrder overwrite = ReplayOrder.replay("tester@here").policy(ConflictPolicy.OVERWRITE);
        assertThat(replay.replay(Selection.ALL, overwrite))
                .as("it comes again by itself")
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.reason()).contains("policy stop"));
        twin.stop();
        twin.sql("INSERT INTO t VALUES (7, 'secret', 1)");
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|a|1", "2|secret|1");
        assertThat(replay.find("1-2-2").state().label()).isEqualTo("resolved");
    }

    @Test
    void what_the_target_refuses_of_a_forced_event_is_held() {
        TableScript t =
                table("id int PRIMARY KEY, v text, n int CHECK (n < 100)", ConflictRule.of(ConflictPolicy.OVERWRITE));
        twin.sql("INSERT INTO t VALUES (1, 'local', 5)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 1), row(1, "b", 500)).insert(t, 2, "c", 2));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local|5", "2|c|2");
        assertThat(twin.outcomes()).containsExactly("1-1-1 update_differs held");
        assertThat(twin.conflicts().get(0).reason())
                .contains("the target refuses it (SQLSTATE " + vendor().checkViolation());
    }

    @Test
    void scope_all_sees_a_deviation_in_a_column_that_the_update_does_not_change() {
        TableScript t = table(
                PLAIN,
                new ConflictRule(List.of(), List.of(), ConflictPolicy.HOLD, null, List.of(), List.of(), Scope.ALL));
        twin.sql("INSERT INTO t VALUES (1, 'local', 1), (2, 'a', 1)");
        twin.script()
                .commit(tx -> tx.update(t, row(1, "a", 1), row(1, "a", 2)).update(t, row(2, "a", 1), row(2, "a", 2)));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local|1", "2|a|2");
        assertThat(twin.conflicts())
                .singleElement()
                .satisfies(c -> assertThat(c.differing()).containsExactly("v"));
    }

    @Test
    void policies_that_the_target_cannot_serve_stop_the_start_with_all_problems_at_once() {
        table(
                PLAIN,
                rule(ConflictPolicy.NEWEST, "changed_at", List.of(), List.of()),
                rule(ConflictPolicy.DELTA, null, List.of("n", "v"), List.of()));
        twin.start();
        TwinlogException refused = twin.awaitFailure();
        assertThat(refused.category()).isEqualTo(Category.CONFIG);
        assertThat(refused.getMessage())
                .contains("conflicts.rules[0]", "no column 'changed_at'; it has id, v, n")
                .contains("conflicts.rules[1]: column v of table public.t is no number");
    }

    @Test
    void delta_without_a_row_before_the_change_stops_the_start() {
        twin.conflicts(new ConflictRules(
                ConflictPolicy.HOLD, 0, List.of(rule(ConflictPolicy.DELTA, null, List.of("n"), List.of()))));
        twin.sql("CREATE TABLE k (id int PRIMARY KEY, n int)");
        twin.script().epoch();
        TableScript k = twin.script()
                .table(
                        shape(
                                "k",
                                ReplicaIdentity.KEY,
                                key("id", XlogType.INT, "integer"),
                                column("n", XlogType.INT, "integer")),
                        1);
        twin.script().commit(tx -> tx.insert(k, 1, 1));
        twin.sink().flush();
        twin.start();
        TwinlogException refused = twin.awaitFailure();
        assertThat(refused.category()).isEqualTo(Category.CONFIG);
        assertThat(refused.getMessage())
                .contains(
                        "conflicts.rules[0]: delta needs",
                        "delta needs the row before the change, which the source does not log for table public.k");
        assertThat(twin.rows("SELECT * FROM k")).isEmpty();
    }

    @Test
    void events_without_a_place_at_the_target_are_parked_where_a_rule_says_so() {
        TableScript t = table(
                "id int PRIMARY KEY, v text",
                new ConflictRule(
                        List.of("public.t"),
                        List.of(io.twinlog.schemas.conflict.ConflictKind.TARGET_MISSING),
                        ConflictPolicy.HOLD,
                        null,
                        List.of(),
                        List.of(),
                        Scope.CHANGED));
        twin.sql("CREATE TABLE o (id int PRIMARY KEY)");
        TableScript other =
                twin.script().table(shape("o", ReplicaIdentity.FULL, key("id", XlogType.INT, "integer")), 1);
        twin.script().commit(tx -> tx.insert(other, 1).insert(t, 1, "a", 1).insert(other, 2));
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT id FROM o ORDER BY id")).containsExactly("1", "2");
        assertThat(twin.outcomes()).containsExactly("1-1-2 target_missing held");
        assertThat(twin.conflicts().get(0).evidence()).contains(vendor().addColumn("n"));
        twin.sql("ALTER TABLE t ADD n int");
        twin.script().commit(tx -> tx.insert(t, 2, "b", 2).delete(t, 1, "a", 1));
        twin.awaitApplied();
        assertThat(rows()).containsExactly("2|b|2");
        assertThat(twin.outcomes()).containsExactly("1-1-2 target_missing held", "1-2-2 behind held 1-1-2");
    }

    @Test
    void by_commit_time_and_by_origin_the_writer_of_the_row_counts() {
        ConflictRule origins = new ConflictRule(
                List.of(),
                List.of(io.twinlog.schemas.conflict.ConflictKind.INSERT_EXISTS),
                ConflictPolicy.PRIORITY,
                null,
                List.of(),
                List.of("source", "target"),
                Scope.CHANGED);
        TableScript t = table(PLAIN, origins, ConflictRule.of(ConflictPolicy.NEWEST));
        assertThat(twin.rows("SHOW track_commit_timestamp")).containsExactly("on");
        twin.sql("INSERT INTO t VALUES (1, 'local', 5), (2, 'local', 5)");
        // The script's transactions were committed long ago.
        twin.script().commit(tx -> tx.update(t, row(1, "a", 1), row(1, "b", 6)).insert(t, 2, "new", 6));
        twin.start().awaitApplied();
        assertThat(rows()).containsExactly("1|local|5", "2|new|6");
        assertThat(twin.outcomes()).containsExactly("1-1-1 update_differs kept", "1-1-2 insert_exists applied");
        assertThat(twin.conflicts())
                .extracting(ConflictRecord::reason)
                .containsExactly("newest by commit time: the target row wins", "priority: origin source before target");
    }
}
