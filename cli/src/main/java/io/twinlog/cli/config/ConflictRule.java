package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.conflict.ConflictKind;
import java.util.List;
import java.util.function.BiConsumer;

/** An entry of {@code conflicts.rules}. Immutable. */
public record ConflictRule(
        @Key(
                name = "tables",
                text = "Tables it is for, as in `source.tables`; all if absent.",
                presence = Presence.OPTIONAL)
        List<TablePattern> tables,

        @Key(name = "kinds", text = "Kinds of conflict it is for; all if absent.", presence = Presence.OPTIONAL)
        List<ConflictKind> kinds,

        @Key(name = "policy", text = "What to do; only `hold` is available yet.", presence = Presence.REQUIRED)
        Policy policy)
        implements Validated {

    public ConflictRule {
        tables = List.copyOf(tables);
        kinds = List.copyOf(kinds);
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        Policy.refuse(policy, "policy", problems);
    }
}
