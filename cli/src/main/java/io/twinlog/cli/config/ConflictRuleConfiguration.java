package io.twinlog.cli.config;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.util.List;
import java.util.function.BiConsumer;
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
        ruleOfApplier().check(problems);
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
