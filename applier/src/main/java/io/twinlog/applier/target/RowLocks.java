package io.twinlog.applier.target;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at target rows under lock: the row of a change, and the rows that stand in its way. Not thread-safe. */
final class RowLocks {

    private final TargetSession session;
    private final Statements statements;

    RowLocks(TargetSession session, Statements statements) {
        this.session = session;
        this.statements = statements;
    }

    /**
     * The target's row.
     *
     * @param differing compared columns that do not hold what the before image says
     */
    record Present(Map<String, @Nullable String> row, List<String> differing) {}

    /**
     * Rows in the way under unique constraints.
     *
     * @param constraints those that they block
     */
    record Blocking(List<Map<String, @Nullable String>> rows, List<UniqueConstraint> constraints) {}

    @Nullable
    Present find(TableBinding<?> binding, NetChange change) throws SQLException {
        return find(binding, List.of(change)).get(change);
    }

    /**
     * Locks the rows of changes of one table; those that are not there are not in the answer.
     *
     * <p>A row that another session deletes and inserts again, or updates, at this instant may be in no single snapshot: the first look waits
     * for that session, the second one sees what it left.
     */
    Map<NetChange, Present> find(TableBinding<?> binding, List<NetChange> changes) throws SQLException {
        Map<NetChange, Present> found = new IdentityHashMap<>();
        lock(binding, changes, found);
        List<NetChange> missing = changes.stream()
                .filter(change -> change.effect() != Effect.INSERT && !found.containsKey(change))
                .toList();
        if (!missing.isEmpty()) {
            lock(binding, missing, found);
        }
        return found;
    }

    private void lock(TableBinding<?> binding, List<NetChange> changes, Map<NetChange, Present> found)
            throws SQLException {
        Map<List<Integer>, List<NetChange>> alike = new LinkedHashMap<>();
        for (NetChange change : changes) {
            alike.computeIfAbsent(statements.guarded(binding, change), columns -> new ArrayList<>())
                    .add(change);
        }
        for (List<NetChange> group : alike.values()) {
            lock(binding, group, false, found);
        }
    }

    /** The row with the key that a primary-key change would give. */
    @Nullable
    Present findByNewKey(TableBinding<?> binding, NetChange change) throws SQLException {
        Map<NetChange, Present> found = new IdentityHashMap<>();
        lock(binding, List.of(change), true, found);
        return found.get(change);
    }

    private void lock(TableBinding<?> binding, List<NetChange> changes, boolean byNewKey, Map<NetChange, Present> found)
            throws SQLException {
        Lookup lookup = statements.locking(binding, changes, byNewKey);
        lookup.run(session, (change, row, from) -> {
            int index = from;
            List<String> differing = new ArrayList<>();
            for (int column : lookup.compared()) {
                if (!row.getBoolean(index++)) {
                    differing.add(binding.shape().columns().get(column).name());
                }
            }
            found.put(changes.get(change), new Present(read(binding, lookup, row, index), differing));
        });
    }

    private static Map<String, @Nullable String> read(TableBinding<?> binding, Lookup lookup, ResultSet row, int from)
            throws SQLException {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        int index = from;
        for (int column : lookup.shown()) {
            values.put(binding.shape().columns().get(column).name(), row.getString(index++));
        }
        return values;
    }

    /** The rows that hold unique values which the change would write, under all constraints; up to ten per constraint. */
    Blocking blocking(TableBinding<?> binding, NetChange change, @Nullable Present own) throws SQLException {
        Set<Map<String, @Nullable String>> rows = new LinkedHashSet<>();
        List<UniqueConstraint> constraints = new ArrayList<>();
        for (UniqueConstraint unique : binding.table().uniques()) {
            Lookup lookup = unique.primary() ? null : statements.blocking(change, unique);
            if (lookup == null) {
                continue;
            }
            Set<Map<String, @Nullable String>> others = new LinkedHashSet<>();
            lookup.run(session, (index, row, from) -> {
                Map<String, @Nullable String> found = read(binding, lookup, row, from);
                if (own == null || !found.equals(own.row())) {
                    others.add(found);
                }
            });
            rows.addAll(others);
            boolean blocks = !others.isEmpty();
            if (blocks) {
                constraints.add(unique);
            }
        }
        return new Blocking(new ArrayList<>(rows), constraints);
    }
}
