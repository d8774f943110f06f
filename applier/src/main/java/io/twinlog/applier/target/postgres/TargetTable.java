package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.TableId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the target as its catalog describes it. Immutable.
 *
 * @param copyable whether COPY does to it what INSERT does: a table, without rules and row security
 */
record TargetTable(TableId id, Map<String, TargetColumn> columns, List<UniqueConstraint> uniques, boolean copyable) {

    String quoted() {
        return Identifier.quote(id);
    }

    @Nullable
    TargetColumn column(String name) {
        return columns.get(name);
    }

    @Nullable
    UniqueConstraint unique(@Nullable String name) {
        for (UniqueConstraint unique : uniques) {
            if (unique.name().equals(name)) {
                return unique;
            }
        }
        return null;
    }
}
