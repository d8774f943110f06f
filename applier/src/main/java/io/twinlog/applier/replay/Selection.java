package io.twinlog.applier.replay;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which conflicts are meant: those that meet every condition. Immutable.
 *
 * @param ids these; all if empty
 * @param tables {@code schema.table} at the source, or the bare table name; all if empty
 * @param kinds these kinds; all if empty
 * @param key values of key columns as text
 * @param since found at this time or later, or null
 * @param until found before this time, or null
 */
public record Selection(
        List<String> ids,
        List<String> tables,
        List<ConflictKind> kinds,
        Map<String, @Nullable String> key,
        @Nullable Instant since,
        @Nullable Instant until) {

    /** Everything. */
    public static final Selection ALL = new Selection(List.of(), List.of(), List.of(), Map.of(), null, null);

    public Selection {
        ids = List.copyOf(ids);
        tables = List.copyOf(tables);
        kinds = List.copyOf(kinds);
    }

    /** The conflicts with these ids. */
    public static Selection of(String... ids) {
        return new Selection(List.of(ids), List.of(), List.of(), Map.of(), null, null);
    }

    /** The same, of these ids. */
    Selection only(Collection<String> chosen) {
        return new Selection(List.copyOf(chosen), tables, kinds, key, since, until);
    }

    public boolean matches(ConflictRecord conflict) {
        Instant found = Instant.EPOCH.plus(conflict.detectedMicros(), ChronoUnit.MICROS);
        return (ids.isEmpty() || ids.contains(conflict.id()))
                && (tables.isEmpty()
                        || tables.contains(conflict.table())
                        || tables.contains(conflict.schema() + "." + conflict.table()))
                && (kinds.isEmpty() || kinds.contains(conflict.kind()))
                && key.entrySet().stream()
                        .allMatch(column -> conflict.key().containsKey(column.getKey())
                                && Objects.equals(conflict.key().get(column.getKey()), column.getValue()))
                && (since == null || !found.isBefore(since))
                && (until == null || found.isBefore(until));
    }
}
