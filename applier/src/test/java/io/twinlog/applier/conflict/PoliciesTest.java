package io.twinlog.applier.conflict;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.conflict.Verdict.Action;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoliciesTest {

    private record Known(
            List<String> differing,
            boolean hasBefore,
            boolean isWhole,
            Map<String, Integer> columns,
            @Nullable Integer compareCommitTime,
            int compareSites,
            String eventOrigin,
            @Nullable String rowOrigin)
            implements Facts {

        @Override
        public int compareColumn(String column) {
            return columns.get(column);
        }
    }

    private static Known facts(int column, Integer time, int sites) {
        return new Known(List.of("n"), true, true, Map.of("n", column), time, sites, "source", "target");
    }

    private static ConflictRule rule(ConflictPolicy policy, @Nullable String column) {
        return new ConflictRule(
                List.of(), List.of(), policy, column, List.of("n"), List.of("x", "source"), ConflictRule.Scope.CHANGED);
    }

    private static Action decide(ConflictPolicy policy, @Nullable String column, ConflictKind kind, Facts facts)
            throws SQLException {
        return Policies.decide(rule(policy, column), kind, facts).action();
    }

    @Test
    void the_later_the_earlier_the_greater_and_the_smaller_win() throws SQLException {
        ConflictKind kind = ConflictKind.UPDATE_DIFFERS;
        assertThat(decide(ConflictPolicy.NEWEST, "n", kind, facts(1, null, 0))).isEqualTo(Action.APPLY);
        assertThat(decide(ConflictPolicy.NEWEST, "n", kind, facts(-1, null, 0))).isEqualTo(Action.KEEP);
        assertThat(decide(ConflictPolicy.OLDEST, "n", kind, facts(1, null, 0))).isEqualTo(Action.KEEP);
        assertThat(decide(ConflictPolicy.NEWEST, null, kind, facts(-1, 1, 0))).isEqualTo(Action.APPLY);
        assertThat(decide(ConflictPolicy.OLDEST, null, kind, facts(-1, -1, 0))).isEqualTo(Action.APPLY);
        assertThat(decide(ConflictPolicy.MAXIMUM, "n", kind, facts(1, null, 0))).isEqualTo(Action.APPLY);
        assertThat(decide(ConflictPolicy.MINIMUM, "n", kind, facts(1, null, 0))).isEqualTo(Action.KEEP);
    }

    @Test
    void equal_is_decided_by_the_sites_and_both_sites_decide_alike() throws SQLException {
        for (ConflictPolicy policy : List.of(ConflictPolicy.NEWEST, ConflictPolicy.OLDEST, ConflictPolicy.MAXIMUM)) {
            Action here = decide(policy, "n", ConflictKind.UPDATE_DIFFERS, facts(0, 0, 1));
            Action there = decide(policy, "n", ConflictKind.UPDATE_DIFFERS, facts(0, 0, -1));
            assertThat(List.of(here, there)).containsExactly(Action.APPLY, Action.KEEP);
        }
    }

    @Test
    void what_is_not_known_is_held() throws SQLException {
        ConflictKind kind = ConflictKind.UPDATE_DIFFERS;
        assertThat(decide(ConflictPolicy.NEWEST, null, kind, facts(1, null, 0))).isEqualTo(Action.HOLD);
        Known unknown = new Known(List.of("n"), false, false, Map.of(), null, 0, "source", null);
        assertThat(decide(ConflictPolicy.PRIORITY, null, kind, unknown)).isEqualTo(Action.HOLD);
        assertThat(decide(ConflictPolicy.DELTA, null, kind, unknown)).isEqualTo(Action.HOLD);
        assertThat(decide(ConflictPolicy.OVERWRITE, null, ConflictKind.UPDATE_MISSING, unknown))
                .isEqualTo(Action.HOLD);
    }

    @Test
    void the_origin_that_stands_first_wins_and_unlisted_ones_stand_last() throws SQLException {
        ConflictKind kind = ConflictKind.INSERT_EXISTS;
        Known first = new Known(List.of(), true, true, Map.of(), null, 0, "x", "source");
        Known second = new Known(List.of(), true, true, Map.of(), null, 0, "source", "x");
        Known unlisted = new Known(List.of(), true, true, Map.of(), null, 0, "source", "target");
        assertThat(decide(ConflictPolicy.PRIORITY, null, kind, first)).isEqualTo(Action.APPLY);
        assertThat(decide(ConflictPolicy.PRIORITY, null, kind, second)).isEqualTo(Action.KEEP);
        assertThat(decide(ConflictPolicy.PRIORITY, null, kind, unlisted)).isEqualTo(Action.APPLY);
    }

    @Test
    void delta_adds_only_where_nothing_else_differs() throws SQLException {
        Known more = new Known(List.of("n", "m"), true, true, Map.of(), null, 0, "source", null);
        assertThat(decide(ConflictPolicy.DELTA, null, ConflictKind.UPDATE_DIFFERS, facts(0, 0, 0)))
                .isEqualTo(Action.ADD);
        assertThat(decide(ConflictPolicy.DELTA, null, ConflictKind.UPDATE_DIFFERS, more))
                .isEqualTo(Action.HOLD);
    }

    @Test
    void every_policy_has_an_action_for_every_kind_and_none_forces_what_the_database_refuses() throws SQLException {
        for (ConflictPolicy policy : ConflictPolicy.values()) {
            for (ConflictKind kind : ConflictKind.values()) {
                Action action = decide(policy, "n", kind, facts(1, 1, 1));
                if (kind == ConflictKind.CONSTRAINT || kind == ConflictKind.UNDECODABLE) {
                    assertThat(action).isNotIn(Action.APPLY, Action.ADD);
                }
            }
        }
    }

    @Test
    void the_first_rule_that_covers_table_and_kind_holds() {
        ConflictRule stock = new ConflictRule(
                List.of("public.*", "!public.audit%"),
                List.of(),
                ConflictPolicy.OVERWRITE,
                null,
                List.of(),
                List.of(),
                ConflictRule.Scope.ALL);
        ConflictRules rules = new ConflictRules(ConflictPolicy.DELTA, 0, List.of(stock));
        TableId table = new TableId("public", "stock");
        assertThat(rules.find(table, ConflictKind.UPDATE_DIFFERS)).isEqualTo(stock);
        assertThat(rules.find(table, ConflictKind.CONSTRAINT).policy()).isEqualTo(ConflictPolicy.HOLD);
        assertThat(rules.find(new TableId("public", "audit_1"), ConflictKind.UPDATE_DIFFERS)
                        .policy())
                .isEqualTo(ConflictPolicy.DELTA);
        assertThat(rules.comparesAll(table)).isTrue();
        assertThat(rules.comparesAll(new TableId("other", "stock"))).isFalse();
    }
}
