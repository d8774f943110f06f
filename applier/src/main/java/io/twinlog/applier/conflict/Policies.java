package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides on conflicts. Depends on its arguments alone.
 *
 * <p>Where event and row are equal in what is compared, the site decides: the greater identity of source and target database wins, so
 * that both sides of a two-way replication keep the same row. Between one database and itself the event wins.
 */
public final class Policies {

    private Policies() {}

    /** What the rule wants done about a conflict of the kind. */
    public static Verdict decide(ConflictRule rule, ConflictKind kind, Facts facts) throws SQLException {
        ConflictPolicy policy = rule.policy();
        if (!ConflictRule.answers(policy, kind)) {
            return Verdict.hold("The policy " + policy.label() + " has no answer to " + kind.label());
        }
        return switch (policy) {
            case HOLD -> Verdict.hold("The policy is hold");
            case SKIP -> new Verdict(Verdict.Action.KEEP, "The policy is skip");
            case STOP -> new Verdict(Verdict.Action.STOP, "The policy is stop");
            case OVERWRITE -> overwrite(kind, facts);
            case NEWEST -> byTime(rule, facts, 1);
            case OLDEST -> byTime(rule, facts, -1);
            case MAXIMUM -> byColumn("maximum", rule.column(), facts, 1);
            case MINIMUM -> byColumn("minimum", rule.column(), facts, -1);
            case PRIORITY -> byOrigin(rule.origins(), facts);
            case DELTA -> delta(rule.columns(), facts);
        };
    }

    private static Verdict overwrite(ConflictKind kind, Facts facts) {
        if (kind == ConflictKind.UPDATE_MISSING && !facts.isWhole()) {
            return Verdict.hold("The row is missing, and the event does not tell all of its columns");
        }
        return new Verdict(Verdict.Action.APPLY, "The policy is overwrite");
    }

    private static Verdict byTime(ConflictRule rule, Facts facts, int direction) throws SQLException {
        String policy = rule.policy().label();
        if (rule.column() != null) {
            return byColumn(policy, rule.column(), facts, direction);
        }
        Integer compared = facts.compareCommitTime();
        if (compared == null) {
            return Verdict.hold("The target does not know when its row was committed");
        }
        return weigh(policy + " by commit time", compared * direction, facts);
    }

    private static Verdict byColumn(String policy, @Nullable String column, Facts facts, int direction)
            throws SQLException {
        if (column == null) {
            return Verdict.hold("The policy " + policy + " names no column");
        }
        return weigh(policy + " by column " + column, facts.compareColumn(column) * direction, facts);
    }

    private static Verdict weigh(String how, int compared, Facts facts) throws SQLException {
        if (compared > 0) {
            return new Verdict(Verdict.Action.APPLY, how + ": the event wins");
        }
        if (compared < 0) {
            return new Verdict(Verdict.Action.KEEP, how + ": the target row wins");
        }
        return facts.compareSites() >= 0
                ? new Verdict(Verdict.Action.APPLY, how + ": equal; the source's identity is not less, the event wins")
                : new Verdict(Verdict.Action.KEEP, how + ": equal; the target's identity is greater, its row wins");
    }

    private static Verdict byOrigin(List<String> origins, Facts facts) throws SQLException {
        String row = facts.rowOrigin();
        if (row == null) {
            return Verdict.hold("The target does not know who wrote its row");
        }
        int event = rank(origins, facts.eventOrigin());
        int present = rank(origins, row);
        return event <= present
                ? new Verdict(Verdict.Action.APPLY, "priority: origin " + facts.eventOrigin() + " before " + row)
                : new Verdict(Verdict.Action.KEEP, "priority: origin " + row + " before " + facts.eventOrigin());
    }

    private static int rank(List<String> origins, String origin) {
        int rank = origins.indexOf(origin);
        return rank < 0 ? origins.size() : rank;
    }

    private static Verdict delta(List<String> columns, Facts facts) {
        if (!facts.hasBefore()) {
            return Verdict.hold("There is no before image to take a difference from");
        }
        return columns.containsAll(facts.differing())
                ? new Verdict(Verdict.Action.ADD, "delta: the differences were added")
                : Verdict.hold("delta: columns differ that it does not add up");
    }
}
