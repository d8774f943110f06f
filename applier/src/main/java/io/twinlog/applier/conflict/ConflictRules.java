package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.TableId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a replication. Immutable.
 *
 * @param fallback where no rule says otherwise; kinds that it cannot answer are held
 * @param maxPerMinute a table with more conflicts in a minute is paused; 0: no limit
 * @param rules the first one that covers table and kind holds
 */
public record ConflictRules(ConflictPolicy fallback, int maxPerMinute, List<ConflictRule> rules) {

    /** Everything is held. */
    public static final ConflictRules HOLD = new ConflictRules(ConflictPolicy.HOLD, 0, List.of());

    public ConflictRules {
        rules = List.copyOf(rules);
    }

    /** What a policy lacks to be the fallback, as the setting's name that a rule has for it; null if nothing. */
    public static @Nullable String lackingAsFallback(ConflictPolicy policy) {
        return switch (policy) {
            case MAXIMUM, MINIMUM -> "column";
            case DELTA -> "columns";
            case PRIORITY -> "origins";
            case HOLD, SKIP, OVERWRITE, NEWEST, OLDEST, STOP -> null;
        };
    }

    /**
     * The same policy for every conflict, as an operator gives it: what it needs to know (a column, origins) comes from the rule that has
     * this policy for the table. Kinds that it cannot answer are held.
     */
    public ConflictRules given(ConflictPolicy policy) {
        List<ConflictRule> same = new ArrayList<>();
        for (ConflictRule rule : rules) {
            if (rule.policy() == policy) {
                same.add(new ConflictRule(
                        rule.tables(), List.of(), policy, rule.column(), rule.columns(), rule.origins(), rule.scope()));
            }
        }
        return new ConflictRules(policy, 0, same);
    }

    /** The same, but what would stop replication is held: for those who decide while it runs. */
    public ConflictRules withoutStop() {
        List<ConflictRule> milder = new ArrayList<>();
        for (ConflictRule rule : rules) {
            milder.add(
                    rule.policy() != ConflictPolicy.STOP
                            ? rule
                            : new ConflictRule(
                                    rule.tables(),
                                    rule.kinds(),
                                    ConflictPolicy.HOLD,
                                    null,
                                    List.of(),
                                    List.of(),
                                    rule.scope()));
        }
        return new ConflictRules(fallback == ConflictPolicy.STOP ? ConflictPolicy.HOLD : fallback, 0, milder);
    }

    /** The rule for a conflict. */
    public ConflictRule find(TableId table, ConflictKind kind) {
        for (ConflictRule rule : rules) {
            if (rule.covers(kind) && rule.covers(table)) {
                return rule;
            }
        }
        return ConflictRule.of(ConflictRule.answers(fallback, kind) ? fallback : ConflictPolicy.HOLD);
    }

    /** Whether updates of a table are compared in all columns: the first rule for its {@code update_differs} says so. */
    public boolean comparesAll(TableId table) {
        return rules.stream().anyMatch(rule -> rule.scope() == ConflictRule.Scope.ALL)
                && find(table, ConflictKind.UPDATE_DIFFERS).scope() == ConflictRule.Scope.ALL;
    }

    /** Whether there is a rule that parks events whose table or column the target lacks. */
    public boolean parksMissing() {
        return rules.stream()
                .anyMatch(rule ->
                        rule.kinds().contains(ConflictKind.TARGET_MISSING) && rule.policy() != ConflictPolicy.STOP);
    }

    /** Whether events whose table or column the target lacks are parked instead of stopping. */
    public boolean parksMissing(TableId table) {
        for (ConflictRule rule : rules) {
            if (rule.kinds().contains(ConflictKind.TARGET_MISSING) && rule.covers(table)) {
                return rule.policy() != ConflictPolicy.STOP;
            }
        }
        return false;
    }
}
