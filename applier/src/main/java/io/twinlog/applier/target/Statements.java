package io.twinlog.applier.target;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a fold into guarded, set-based statements: by kind, by table, by what they set and compare.
 *
 * <p>Updates are grouped by the set of columns they change, because a statement sets and compares the same columns in all its
 * rows. Beyond {@value #MAX_COLUMN_SETS} sets per table their union is set and compared, which is the same where it succeeds:
 * the columns added are compared with what they are set to. Not thread-safe.
 */
final class Statements {

    private static final int MAX_COLUMN_SETS = 8;
    private static final int MAX_UNION = 400;

    private final StatementBuilder builder;
    private final boolean upsertSnapshot;
    private final ConflictRules rules;

    /**
     * @param upsertSnapshot whether rows of an initial sync may meet existing rows
     * @param rules which tables are compared in all columns, and what happens where the target lacks one
     */
    Statements(StatementBuilder builder, boolean upsertSnapshot, ConflictRules rules) {
        this.builder = builder;
        this.upsertSnapshot = upsertSnapshot;
        this.rules = rules;
    }

    /** The statements of a segment, in the order of execution. */
    List<SetStatement> of(Iterable<List<NetChange>> tables) {
        Map<SetStatement.Kind, List<SetStatement>> byKind = new LinkedHashMap<>();
        for (SetStatement.Kind kind : SetStatement.Kind.values()) {
            byKind.put(kind, new ArrayList<>());
        }
        for (List<NetChange> changes : tables) {
            for (SetStatement statement : table(changes)) {
                byKind.computeIfAbsent(statement.kind(), k -> new ArrayList<>()).add(statement);
            }
        }
        List<SetStatement> all = new ArrayList<>();
        byKind.values().forEach(all::addAll);
        return all;
    }

    /** Whether {@link #unbound} can find anything. */
    boolean parksUnbound() {
        return rules.parksMissing();
    }

    /** Why the target has no place for a table version whose events are parked then; null if it has, or if that must stop. */
    @Nullable
    String unbound(TableShape shape) {
        if (!rules.parksMissing(shape.id())) {
            return null;
        }
        try {
            TableBinding<?> unused = builder.binding(shape);
            return null;
        } catch (TwinlogException e) {
            if (e.category() != Category.SCHEMA) {
                throw e;
            }
            return e.getMessage();
        }
    }

    TableBinding<?> binding(TableShape shape) {
        return builder.binding(shape);
    }

    private List<SetStatement> table(List<NetChange> changes) {
        TableBinding<?> binding = builder.binding(changes.get(0).shape());
        List<NetChange> deletes = new ArrayList<>();
        List<NetChange> updates = new ArrayList<>();
        List<NetChange> moves = new ArrayList<>();
        List<NetChange> present = new ArrayList<>();
        List<NetChange> absent = new ArrayList<>();
        List<NetChange> inserts = new ArrayList<>();
        List<NetChange> snapshot = new ArrayList<>();
        for (NetChange change : changes) {
            switch (change.effect()) {
                case INSERT -> inserts.add(change);
                case SNAPSHOT -> (upsertSnapshot ? snapshot : inserts).add(change);
                case UPDATE -> (settable(binding, change.changed()).isEmpty() ? present : updates).add(change);
                case DELETE -> deletes.add(change);
                case REPLACE -> {
                    deletes.add(change);
                    inserts.add(change);
                }
                case ABSENT -> absent.add(change);
                case MOVE -> moves.add(change);
            }
        }
        List<SetStatement> statements = new ArrayList<>();
        byGuard(deletes).forEach(group -> statements.add(delete(binding, group)));
        updates(binding, updates, statements);
        updates(binding, moves, statements);
        if (!present.isEmpty()) {
            statements.add(builder.lookup(SetStatement.Kind.PRESENT, present));
        }
        if (!absent.isEmpty()) {
            statements.add(builder.lookup(SetStatement.Kind.ABSENT, absent));
        }
        if (!inserts.isEmpty()) {
            statements.add(builder.insert(inserts, false));
        }
        if (!snapshot.isEmpty()) {
            statements.add(builder.insert(snapshot, true));
        }
        return statements;
    }

    // A table may change its replica identity in mid-stream only with a new version, so usually this is one group.
    private static List<List<NetChange>> byGuard(List<NetChange> changes) {
        List<NetChange> guarded = new ArrayList<>();
        List<NetChange> plain = new ArrayList<>();
        for (NetChange change : changes) {
            (change.guard() != null ? guarded : plain).add(change);
        }
        List<List<NetChange>> groups = new ArrayList<>();
        if (!guarded.isEmpty()) {
            groups.add(guarded);
        }
        if (!plain.isEmpty()) {
            groups.add(plain);
        }
        return groups;
    }

    /** The columns of a set that an update of this target may write. */
    private static BitSet settable(TableBinding<?> binding, BitSet changed) {
        BitSet settable = new BitSet();
        for (int i = changed.nextSetBit(0); i >= 0; i = changed.nextSetBit(i + 1)) {
            TargetColumn column = binding.column(i);
            if (column != null
                    && (!column.insertOnly() || binding.shape().columns().get(i).key())) {
                settable.set(i);
            }
        }
        return settable;
    }

    private record UpdateGroup(BitSet columns, boolean guarded) {}

    private void updates(TableBinding<?> binding, List<NetChange> changes, List<SetStatement> statements) {
        Map<UpdateGroup, List<NetChange>> groups = new LinkedHashMap<>();
        for (NetChange change : changes) {
            groups.computeIfAbsent(
                            new UpdateGroup(settable(binding, change.changed()), change.guard() != null),
                            g -> new ArrayList<>())
                    .add(change);
        }
        if (groups.size() > MAX_COLUMN_SETS) {
            groups = union(binding, groups);
        }
        groups.forEach((group, rows) -> statements.add(update(binding, rows, group)));
    }

    private static Map<UpdateGroup, List<NetChange>> union(
            TableBinding<?> binding, Map<UpdateGroup, List<NetChange>> groups) {
        BitSet union = new BitSet();
        groups.forEach((group, rows) -> {
            if (group.guarded()) {
                union.or(group.columns());
            }
        });
        if (union.cardinality() > MAX_UNION) {
            return groups;
        }
        Map<UpdateGroup, List<NetChange>> joined = new LinkedHashMap<>();
        groups.forEach((group, rows) -> {
            for (NetChange row : rows) {
                UpdateGroup target =
                        group.guarded() && isKnown(binding, row, union) ? new UpdateGroup(union, true) : group;
                joined.computeIfAbsent(target, g -> new ArrayList<>()).add(row);
            }
        });
        return joined;
    }

    private static boolean isKnown(TableBinding<?> binding, NetChange change, BitSet columns) {
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            if (change.after().source(i) == null || binding.column(i) == null) {
                return false;
            }
        }
        return true;
    }

    private SetStatement delete(TableBinding<?> binding, List<NetChange> changes) {
        return builder.delete(changes, guarded(binding, changes.get(0)));
    }

    /** The columns that a change compares with its before image. */
    List<Integer> guarded(TableBinding<?> binding, NetChange change) {
        List<Integer> columns = new ArrayList<>();
        if (change.guard() == null) {
            return columns;
        }
        boolean all = change.effect() == Effect.DELETE
                || change.effect() == Effect.REPLACE
                || rules.comparesAll(binding.shape().id());
        for (int i = 0; i < binding.size(); i++) {
            boolean isKey = binding.shape().columns().get(i).key();
            if (!isKey && binding.column(i) != null && (all || change.changed().get(i))) {
                columns.add(i);
            }
        }
        return columns;
    }

    private SetStatement update(TableBinding<?> binding, List<NetChange> changes, UpdateGroup group) {
        BitSet compared = new BitSet();
        if (group.guarded()) {
            boolean all = rules.comparesAll(binding.shape().id());
            for (int i = 0; i < binding.size(); i++) {
                boolean isKey = binding.shape().columns().get(i).key();
                compared.set(
                        i,
                        !isKey
                                && binding.column(i) != null
                                && (all || group.columns().get(i)));
            }
        }
        return builder.update(
                changes, group.columns(), compared.stream().boxed().toList());
    }

    /** Finds the rows of these changes that exist. */
    SetStatement existing(List<NetChange> changes) {
        return builder.lookup(SetStatement.Kind.ABSENT, changes);
    }

    /** Inserts the rows of these changes. */
    SetStatement insert(List<NetChange> changes, boolean upsert) {
        return builder.insert(changes, upsert);
    }

    /** Whether a change of an initial sync may meet an existing row. */
    boolean mayExist(NetChange change) {
        return upsertSnapshot && change.effect() == Effect.SNAPSHOT;
    }

    /** Locks the rows of changes that compare the same columns. */
    Lookup locking(TableBinding<?> binding, List<NetChange> changes, boolean byNewKey) {
        return builder.locking(changes, byNewKey, byNewKey ? List.of() : guarded(binding, changes.get(0)));
    }

    /** Finds the rows in the way of a change under a unique constraint; null where that cannot be asked. */
    @Nullable
    Lookup blocking(NetChange change, UniqueConstraint unique) {
        return builder.blocking(change, unique);
    }
}
