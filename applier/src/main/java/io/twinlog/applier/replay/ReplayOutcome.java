package io.twinlog.applier.replay;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.table.TableId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one event of a replay. Rows are column to exact text, null for SQL null. Immutable.
 *
 * @param kind what was found this time; {@code behind} where there was no conflict (any more) or it was not looked at
 * @param state what it is in now (in a dry run: would be)
 * @param changed whether this call brought it there
 * @param selected whether the operator named it, or it only waited behind one that he named
 * @param policy the policy that settled it, or null
 * @param reason why, one sentence without row values
 * @param now the target's row before, or null if there was none; only in a dry run, as what follows
 * @param incoming the row that the event writes so far as it is known, or null for a delete
 * @param result the target's row afterwards, or null if there is none
 * @param removed other rows that have to go, since they hold a unique value of this one
 */
public record ReplayOutcome(
        String id,
        TableId table,
        ConflictKind kind,
        ResolutionState state,
        boolean changed,
        boolean selected,
        @Nullable ConflictPolicy policy,
        String reason,
        @Nullable Map<String, @Nullable String> now,
        @Nullable Map<String, @Nullable String> incoming,
        @Nullable Map<String, @Nullable String> result,
        List<Map<String, @Nullable String>> removed) {

    /** One that this call left as it was. */
    static ReplayOutcome unchanged(ConflictEntry entry, String reason) {
        return new ReplayOutcome(
                entry.conflict().id(),
                new TableId(entry.conflict().schema(), entry.conflict().table()),
                entry.conflict().kind(),
                entry.state(),
                false,
                true,
                entry.resolution().policy(),
                reason,
                null,
                null,
                null,
                List.of());
    }
}
