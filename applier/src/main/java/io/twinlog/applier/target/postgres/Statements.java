package io.twinlog.applier.target.postgres;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.fold.NetChange.Effect;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the guarded, set-based statements of a fold: {@code unnest} of one array per column, joined by key.
 *
 * <p>Updates are grouped by the set of columns they change, because a statement sets and compares the same columns in all its
 * rows. Beyond {@value #MAX_COLUMN_SETS} sets per table their union is set and compared, which is the same where it succeeds:
 * the columns added are compared with what they are set to. Not thread-safe.
 */
final class Statements {

    private static final int MAX_COLUMN_SETS = 8;
    private static final int MAX_UNION = 400;

    private final Function<TableShape, TableBinding> bindings;
    private final boolean upsertSnapshot;
    private final ConflictRules rules;
    private final ValueWriter writer = new ValueWriter();

    /**
     * @param upsertSnapshot whether rows of an initial sync may meet existing rows
     * @param rules which tables are compared in all columns, and what happens where the target lacks one
     */
    Statements(Function<TableShape, TableBinding> bindings, boolean upsertSnapshot, ConflictRules rules) {
        this.bindings = bindings;
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
            TableBinding unused = bindings.apply(shape);
            return null;
        } catch (TwinlogException e) {
            if (e.category() != Category.SCHEMA) {
                throw e;
            }
            return e.getMessage();
        }
    }

    TableBinding binding(TableShape shape) {
        return bindings.apply(shape);
    }

    private List<SetStatement> table(List<NetChange> changes) {
        TableBinding binding = bindings.apply(changes.get(0).shape());
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
            statements.add(lookup(SetStatement.Kind.PRESENT, binding, present));
        }
        if (!absent.isEmpty()) {
            statements.add(lookup(SetStatement.Kind.ABSENT, binding, absent));
        }
        if (!inserts.isEmpty()) {
            statements.add(insert(binding, inserts, false));
        }
        if (!snapshot.isEmpty()) {
            statements.add(insert(binding, snapshot, true));
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
    private static BitSet settable(TableBinding binding, BitSet changed) {
        BitSet settable = new BitSet();
        for (int i = changed.nextSetBit(0); i >= 0; i = changed.nextSetBit(i + 1)) {
            TargetColumn column = binding.column(i);
            if (column != null
                    && (!column.identityAlways()
                            || binding.shape().columns().get(i).key())) {
                settable.set(i);
            }
        }
        return settable;
    }

    private record UpdateGroup(BitSet columns, boolean guarded) {}

    private void updates(TableBinding binding, List<NetChange> changes, List<SetStatement> statements) {
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
            TableBinding binding, Map<UpdateGroup, List<NetChange>> groups) {
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

    private static boolean isKnown(TableBinding binding, NetChange change, BitSet columns) {
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            if (change.after().source(i) == null || binding.column(i) == null) {
                return false;
            }
        }
        return true;
    }

    private static boolean anyText(List<NetChange> changes, int column, Function<NetChange, @Nullable RowImage> image) {
        for (NetChange change : changes) {
            RowImage source = image.apply(change);
            if (source != null && source.text(column) != null) {
                return true;
            }
        }
        return false;
    }

    /** Collects one array per sent column and names it {@code u.cN}. */
    private final class Sent {
        private final TableBinding binding;
        private final List<NetChange> changes;
        private final List<BinaryArray> arrays = new ArrayList<>();
        private final StringBuilder types = new StringBuilder();
        private final StringBuilder names = new StringBuilder();

        Sent(TableBinding binding, List<NetChange> changes) {
            this.binding = binding;
            this.changes = changes;
        }

        private record Value(String name, Parameter sentAs) {}

        Value add(int column, Function<NetChange, @Nullable RowImage> image) {
            Parameter parameter = anyText(changes, column, image) ? Parameter.TEXT : binding.natural(column);
            BinaryArray array = new BinaryArray(parameter, changes.size());
            for (NetChange change : changes) {
                writer.write(array.values(), parameter, image.apply(change), column);
            }
            String name = "c" + arrays.size();
            types.append(arrays.isEmpty() ? "" : ", ")
                    .append("?::")
                    .append(parameter.sqlName())
                    .append("[]");
            names.append(arrays.isEmpty() ? "" : ", ").append(name);
            arrays.add(array);
            return new Value("u." + name, parameter);
        }

        // Only the unqualified name takes several arrays; pg_catalog comes first on every search path.
        String from() {
            return " FROM unnest(" + types + ") AS u(" + names + ")";
        }

        String numbered() {
            return " FROM unnest(" + types + ") WITH ORDINALITY AS u(" + names + ", ordinality)";
        }
    }

    private String whereKey(Sent sent, TableBinding binding) {
        StringBuilder where = new StringBuilder();
        for (int key : binding.keys()) {
            Sent.Value value = sent.add(key, NetChange::key);
            TargetColumn column = binding.written(key);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(binding.cast(key, value.name(), value.sentAs()));
        }
        return where.toString();
    }

    private SetStatement delete(TableBinding binding, List<NetChange> changes) {
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder(whereKey(sent, binding));
        for (String guard : guards(sent, binding, changes)) {
            where.append(" AND ").append(guard);
        }
        String head = "DELETE FROM " + binding.table().quoted() + " AS t USING";
        String sql = head + sent.from().substring(5) + " WHERE " + where;
        String finder = head + sent.numbered().substring(5) + " WHERE " + where + " RETURNING u.ordinality";
        return new SetStatement(
                SetStatement.Kind.DELETE, binding, sql, finder, sent.arrays, null, changes, changes.size());
    }

    /** The comparisons that a change asks for, column by column; all changes of a call have the same ones. */
    private List<String> guards(Sent sent, TableBinding binding, List<NetChange> changes) {
        List<String> guards = new ArrayList<>();
        for (int i : guarded(binding, changes.get(0))) {
            Sent.Value value = sent.add(i, NetChange::guard);
            guards.add(binding.same(i, value.name(), value.sentAs()));
        }
        return guards;
    }

    /** The columns that a change compares with its before image. */
    List<Integer> guarded(TableBinding binding, NetChange change) {
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

    private SetStatement update(TableBinding binding, List<NetChange> changes, UpdateGroup group) {
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder(whereKey(sent, binding));
        StringBuilder set = new StringBuilder();
        BitSet columns = group.columns();
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            int column = i;
            Sent.Value after = sent.add(column, change -> change.after().source(column));
            set.append(set.length() == 0 ? "" : ", ")
                    .append(binding.written(i).quoted())
                    .append(" = ")
                    .append(binding.cast(i, after.name(), after.sentAs()));
            if (group.guarded() && !binding.shape().columns().get(i).key()) {
                Sent.Value before = sent.add(column, NetChange::guard);
                where.append(" AND ").append(binding.same(i, before.name(), before.sentAs()));
            }
        }
        if (group.guarded() && rules.comparesAll(binding.shape().id())) {
            for (int i = 0; i < binding.size(); i++) {
                if (!columns.get(i) && !binding.shape().columns().get(i).key() && binding.column(i) != null) {
                    Sent.Value before = sent.add(i, NetChange::guard);
                    where.append(" AND ").append(binding.same(i, before.name(), before.sentAs()));
                }
            }
        }
        String head = "UPDATE " + binding.table().quoted() + " AS t SET " + set;
        String sql = head + sent.from() + " WHERE " + where;
        String finder = head + sent.numbered() + " WHERE " + where + " RETURNING u.ordinality";
        return new SetStatement(
                SetStatement.Kind.UPDATE, binding, sql, finder, sent.arrays, null, changes, changes.size());
    }

    private SetStatement lookup(SetStatement.Kind kind, TableBinding binding, List<NetChange> changes) {
        Sent sent = new Sent(binding, changes);
        String where = whereKey(sent, binding);
        String tail = " JOIN " + binding.table().quoted() + " AS t ON " + where;
        return new SetStatement(
                kind,
                binding,
                "SELECT pg_catalog.count(*)" + sent.from() + tail,
                "SELECT u.ordinality" + sent.numbered() + tail,
                sent.arrays,
                null,
                changes,
                kind == SetStatement.Kind.PRESENT ? changes.size() : 0);
    }

    /** Finds the rows of these changes that exist. */
    SetStatement existing(TableBinding binding, List<NetChange> changes) {
        return lookup(SetStatement.Kind.ABSENT, binding, changes);
    }

    /** Inserts the rows of these changes. */
    SetStatement insert(TableBinding binding, List<NetChange> changes, boolean upsert) {
        CopyRows copy = upsert ? null : CopyRows.of(binding, changes, writer);
        return copy == null ? insertStatement(binding, changes, upsert) : SetStatement.copy(binding, copy, changes);
    }

    private SetStatement insertStatement(TableBinding binding, List<NetChange> changes, boolean upsert) {
        Sent sent = new Sent(binding, changes);
        StringBuilder columns = new StringBuilder();
        StringBuilder values = new StringBuilder();
        StringBuilder set = new StringBuilder();
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < binding.size(); i++) {
            TargetColumn column = binding.column(i);
            if (column == null) {
                continue;
            }
            int index = i;
            Sent.Value value = sent.add(i, change -> change.after().source(index));
            String comma = columns.length() == 0 ? "" : ", ";
            columns.append(comma).append(column.quoted());
            values.append(comma).append(binding.cast(i, value.name(), value.sentAs()));
            if (binding.shape().columns().get(i).key()) {
                keys.append(keys.length() == 0 ? "" : ", ").append(column.quoted());
            } else if (!column.identityAlways()) {
                set.append(set.length() == 0 ? "" : ", ")
                        .append(column.quoted())
                        .append(" = excluded.")
                        .append(column.quoted());
            }
        }
        String sql = "INSERT INTO " + binding.table().quoted() + " AS t (" + columns
                + ") OVERRIDING SYSTEM VALUE SELECT " + values + sent.from();
        if (upsert) {
            sql += " ON CONFLICT (" + keys + ") DO " + (set.length() == 0 ? "NOTHING" : "UPDATE SET " + set);
        }
        return new SetStatement(
                SetStatement.Kind.INSERT,
                binding,
                sql,
                sql,
                sent.arrays,
                null,
                changes,
                upsert && set.length() == 0 ? -1 : changes.size());
    }

    /** Whether a change of an initial sync may meet an existing row. */
    boolean mayExist(NetChange change) {
        return upsertSnapshot && change.effect() == Effect.SNAPSHOT;
    }

    /**
     * Locks the rows of changes that compare the same columns and returns them: first the number of the change, from 1, then one boolean
     * per compared column, then every written column as {@link ShownText}.
     *
     * @param byNewKey whether the rows with the keys after the changes are meant
     */
    Lookup locking(TableBinding binding, List<NetChange> changes, boolean byNewKey) {
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder();
        for (int key : binding.keys()) {
            Sent.Value value = sent.add(key, c -> byNewKey ? c.after().source(key) : c.key());
            TargetColumn column = binding.written(key);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(binding.cast(key, value.name(), value.sentAs()));
        }
        List<Integer> guarded = byNewKey ? List.of() : guarded(binding, changes.get(0));
        StringBuilder select = new StringBuilder("u.ordinality, ");
        for (int column : guarded) {
            Sent.Value value = sent.add(column, NetChange::guard);
            select.append(binding.same(column, value.name(), value.sentAs())).append(", ");
        }
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            TargetColumn column = binding.column(i);
            if (column != null) {
                select.append(shown.isEmpty() ? "" : ", ")
                        .append(ShownText.sql(binding.shape().columns().get(i), column));
                shown.add(i);
            }
        }
        String sql = "SELECT " + select + sent.numbered() + " JOIN "
                + binding.table().quoted() + " AS t ON " + where + " FOR UPDATE OF t";
        return new Lookup(sql, sent.arrays, guarded, shown);
    }

    /**
     * Finds the rows that hold the values which a change would give to the columns of a unique constraint.
     *
     * @return null where a column is not sent or not compared by equality
     */
    @Nullable
    Lookup blocking(TableBinding binding, NetChange change, UniqueConstraint unique) {
        List<NetChange> one = List.of(change);
        Sent sent = new Sent(binding, one);
        StringBuilder where = new StringBuilder();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            if (index < 0 || binding.column(index) == null) {
                return null;
            }
            Sent.Value value = sent.add(index, c -> c.after().source(index));
            TargetColumn column = binding.written(index);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(binding.cast(index, value.name(), value.sentAs()));
        }
        if (where.length() == 0) {
            return null;
        }
        StringBuilder select = new StringBuilder();
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            TargetColumn column = binding.column(i);
            if (column != null) {
                select.append(shown.isEmpty() ? "" : ", ")
                        .append(ShownText.sql(binding.shape().columns().get(i), column));
                shown.add(i);
            }
        }
        String sql = "SELECT " + select + sent.from() + " JOIN "
                + binding.table().quoted() + " AS t ON " + where + " LIMIT 10";
        return new Lookup(sql, sent.arrays, List.of(), shown);
    }

    /**
     * A query for one row.
     *
     * @param guarded columns of which the first results say whether they hold what is expected
     * @param shown columns of which the further results hold the text
     */
    record Lookup(String sql, List<BinaryArray> parameters, List<Integer> guarded, List<Integer> shown) {}
}
