package io.twinlog.cli.config;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An entry of {@code conflicts.rules}. Immutable. */
public record ConflictRuleConfiguration(
        @Key(
                name = "tables",
                text = "Tables it is for, as in `source.tables`; all if absent.",
                presence = Presence.OPTIONAL)
        List<TablePattern> tables,

        @Key(
                name = "kinds",
                text = "Kinds of conflict it is for; if absent, all that its policy has an answer to.",
                presence = Presence.OPTIONAL)
        List<ConflictKind> kinds,

        @Key(
                name = "policy",
                text = "`hold`: the event is parked, its key waits for a decision. `skip`: the target row stays."
                        + " `overwrite`: the event's row wins. `newest`, `oldest`: by `column`, else by commit time."
                        + " `priority`: by `origins`. `maximum`, `minimum`: by `column`. `delta`: differences of `columns` are added."
                        + " `stop`: replication stops.",
                presence = Presence.REQUIRED)
        ConflictPolicy policy,

        @Key(
                name = "column",
                text = "What `newest`, `oldest`, `maximum` and `minimum` compare.",
                presence = Presence.OPTIONAL)
        @Nullable
        String column,

        @Key(name = "columns", text = "The numbers that `delta` adds up.", presence = Presence.OPTIONAL)
        List<String> columns,

        @Key(
                name = "origins",
                text =
                        "Who wins with `priority`, the highest first: `source`, `target`, or names of replication origins.",
                presence = Presence.OPTIONAL)
        List<String> origins,

        @Key(
                name = "scope",
                text = "Which columns of an update are compared with its before image: those that it changes, or all.",
                defaultValue = "changed")
        Scope scope)
        implements Validated {

    /** Which columns are compared. */
    public enum Scope {
        CHANGED,
        ALL
    }

    public ConflictRuleConfiguration {
        tables = List.copyOf(tables);
        kinds = List.copyOf(kinds);
        columns = List.copyOf(columns);
        origins = List.copyOf(origins);
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        for (ConflictKind kind : kinds) {
            if (!ConflictRule.answers(policy, kind)) {
                problems.accept(
                        "kinds",
                        "names " + kind.label() + ", to which the policy " + policy.label()
                                + " has no answer; it is for " + answered());
            }
        }
        boolean compares = policy == ConflictPolicy.MAXIMUM || policy == ConflictPolicy.MINIMUM;
        boolean mayCompare = compares || policy == ConflictPolicy.NEWEST || policy == ConflictPolicy.OLDEST;
        require("column", compares, mayCompare, column != null, problems);
        require(
                "columns",
                policy == ConflictPolicy.DELTA,
                policy == ConflictPolicy.DELTA,
                !columns.isEmpty(),
                problems);
        boolean ranks = policy == ConflictPolicy.PRIORITY;
        require("origins", ranks, ranks, !origins.isEmpty(), problems);
        if (scope == Scope.ALL && !kinds.isEmpty() && !kinds.contains(ConflictKind.UPDATE_DIFFERS)) {
            problems.accept(
                    "scope", "says all, but the rule is not for update_differs, the only kind that it is about");
        }
    }

    private void require(
            String key, boolean needed, boolean allowed, boolean given, BiConsumer<String, String> problems) {
        if (needed && !given) {
            problems.accept(key, "is missing: the policy " + policy.label() + " needs it");
        } else if (given && !allowed) {
            problems.accept(key, "has no meaning for the policy " + policy.label());
        }
    }

    private String answered() {
        return java.util.Arrays.stream(ConflictKind.values())
                .filter(kind -> ConflictRule.answers(policy, kind))
                .map(ConflictKind::label)
                .collect(Collectors.joining(", "));
    }

    ConflictRule ruleOfApplier() {
        return new ConflictRule(
                tables.stream().map(TablePattern::text).toList(),
                kinds,
                policy,
                column,
                columns,
                origins,
                scope == Scope.ALL ? ConflictRule.Scope.ALL : ConflictRule.Scope.CHANGED);
    }
}
