package io.twinlog.applier.target;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.schemas.table.TableId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the target as its catalog describes it. Immutable.
 *
 * @param copyable whether its rows may go in by a way that passes by rules and row security
 */
public record TargetTable<C extends TargetColumn>(
        TableId id, Map<String, C> columns, List<UniqueConstraint> uniques, boolean copyable) {

    public String quoted() {
        return Identifier.quote(id);
    }

    public @Nullable C column(String name) {
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
