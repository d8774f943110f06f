package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.Lookup;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.StatementBuilder;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Statements over {@code unnest} of one array per column, joined by key. Not thread-safe. */
final class PostgresStatements implements StatementBuilder {

    private final Function<TableShape, TableBinding<PostgresColumn>> bindings;
    private final ValueWriter writer = new ValueWriter();

    PostgresStatements(Function<TableShape, TableBinding<PostgresColumn>> bindings) {
        this.bindings = bindings;
    }

    @Override
    public TableBinding<PostgresColumn> binding(TableShape shape) {
        return bindings.apply(shape);
    }

    private TableBinding<PostgresColumn> binding(List<NetChange> changes) {
        return bindings.apply(changes.get(0).shape());
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
        private final TableBinding<PostgresColumn> binding;
        private final List<NetChange> changes;
        private final List<BinaryArray> arrays = new ArrayList<>();
        private final StringBuilder types = new StringBuilder();
        private final StringBuilder names = new StringBuilder();

        Sent(TableBinding<PostgresColumn> binding, List<NetChange> changes) {
            this.binding = binding;
            this.changes = changes;
        }

        private record Value(String name, Parameter sentAs) {}

        Value add(int column, Function<NetChange, @Nullable RowImage> image) {
            Parameter parameter = anyText(changes, column, image) ? Parameter.TEXT : ColumnSql.natural(binding, column);
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

    private String whereKey(Sent sent, TableBinding<PostgresColumn> binding) {
        StringBuilder where = new StringBuilder();
        for (int key : binding.keys()) {
            Sent.Value value = sent.add(key, NetChange::key);
            PostgresColumn column = binding.written(key);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(ColumnSql.cast(binding, key, value.name(), value.sentAs()));
        }
        return where.toString();
    }

    @Override
    public SetStatement delete(List<NetChange> changes, List<Integer> compared) {
        TableBinding<PostgresColumn> binding = binding(changes);
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder(whereKey(sent, binding));
        compare(where, sent, binding, compared);
        String head = "DELETE FROM " + binding.table().quoted() + " AS t USING";
        String sql = head + sent.from().substring(5) + " WHERE " + where;
        String finder = head + sent.numbered().substring(5) + " WHERE " + where + " RETURNING u.ordinality";
        return new PostgresStatement(
                SetStatement.Kind.DELETE, binding, sql, finder, sent.arrays, null, changes, changes.size());
    }

    private static void compare(
            StringBuilder where, Sent sent, TableBinding<PostgresColumn> binding, List<Integer> compared) {
        for (int i : compared) {
            Sent.Value before = sent.add(i, NetChange::guard);
            where.append(" AND ").append(ColumnSql.same(binding, i, before.name(), before.sentAs()));
        }
    }

    @Override
    public SetStatement update(List<NetChange> changes, BitSet columns, List<Integer> compared) {
        TableBinding<PostgresColumn> binding = binding(changes);
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder(whereKey(sent, binding));
        StringBuilder set = new StringBuilder();
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            int column = i;
            Sent.Value after = sent.add(column, change -> change.after().source(column));
            set.append(set.length() == 0 ? "" : ", ")
                    .append(binding.written(i).quoted())
                    .append(" = ")
                    .append(ColumnSql.cast(binding, i, after.name(), after.sentAs()));
        }
        compare(where, sent, binding, compared);
        String head = "UPDATE " + binding.table().quoted() + " AS t SET " + set;
        String sql = head + sent.from() + " WHERE " + where;
        String finder = head + sent.numbered() + " WHERE " + where + " RETURNING u.ordinality";
        return new PostgresStatement(
                SetStatement.Kind.UPDATE, binding, sql, finder, sent.arrays, null, changes, changes.size());
    }

    @Override
    public SetStatement lookup(SetStatement.Kind kind, List<NetChange> changes) {
        TableBinding<PostgresColumn> binding = binding(changes);
        Sent sent = new Sent(binding, changes);
        String where = whereKey(sent, binding);
        String tail = " JOIN " + binding.table().quoted() + " AS t ON " + where;
        return new PostgresStatement(
                kind,
                binding,
                "SELECT pg_catalog.count(*)" + sent.from() + tail,
                "SELECT u.ordinality" + sent.numbered() + tail,
                sent.arrays,
                null,
                changes,
                kind == SetStatement.Kind.PRESENT ? changes.size() : 0);
    }

    @Override
    public SetStatement insert(List<NetChange> changes, boolean upsert) {
        TableBinding<PostgresColumn> binding = binding(changes);
        CopyRows copy = upsert ? null : CopyRows.of(binding, changes, writer);
        return copy == null
                ? insertStatement(binding, changes, upsert)
                : PostgresStatement.copy(binding, copy, changes);
    }

    private SetStatement insertStatement(
            TableBinding<PostgresColumn> binding, List<NetChange> changes, boolean upsert) {
        Sent sent = new Sent(binding, changes);
        StringBuilder columns = new StringBuilder();
        StringBuilder values = new StringBuilder();
        StringBuilder set = new StringBuilder();
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < binding.size(); i++) {
            PostgresColumn column = binding.column(i);
            if (column == null) {
                continue;
            }
            int index = i;
            Sent.Value value = sent.add(i, change -> change.after().source(index));
            String comma = columns.length() == 0 ? "" : ", ";
            columns.append(comma).append(column.quoted());
            values.append(comma).append(ColumnSql.cast(binding, i, value.name(), value.sentAs()));
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
        return new PostgresStatement(
                SetStatement.Kind.INSERT,
                binding,
                sql,
                sql,
                sent.arrays,
                null,
                changes,
                upsert && set.length() == 0 ? -1 : changes.size());
    }

    @Override
    public Lookup locking(List<NetChange> changes, boolean byNewKey, List<Integer> compared) {
        TableBinding<PostgresColumn> binding = binding(changes);
        Sent sent = new Sent(binding, changes);
        StringBuilder where = new StringBuilder();
        for (int key : binding.keys()) {
            Sent.Value value = sent.add(key, c -> byNewKey ? c.after().source(key) : c.key());
            PostgresColumn column = binding.written(key);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(ColumnSql.cast(binding, key, value.name(), value.sentAs()));
        }
        StringBuilder select = new StringBuilder("u.ordinality, ");
        for (int column : compared) {
            Sent.Value value = sent.add(column, NetChange::guard);
            select.append(ColumnSql.same(binding, column, value.name(), value.sentAs()))
                    .append(", ");
        }
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            PostgresColumn column = binding.column(i);
            if (column != null) {
                select.append(shown.isEmpty() ? "" : ", ")
                        .append(ColumnSql.shown(binding.shape().columns().get(i), column));
                shown.add(i);
            }
        }
        String sql = "SELECT " + select + sent.numbered() + " JOIN "
                + binding.table().quoted() + " AS t ON " + where + " FOR UPDATE OF t";
        return new PostgresLookup(sql, sent.arrays, compared, shown);
    }

    @Override
    public @Nullable Lookup blocking(NetChange change, UniqueConstraint unique) {
        TableBinding<PostgresColumn> binding = bindings.apply(change.shape());
        List<NetChange> one = List.of(change);
        Sent sent = new Sent(binding, one);
        StringBuilder where = new StringBuilder();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            if (index < 0 || binding.column(index) == null) {
                return null;
            }
            Sent.Value value = sent.add(index, c -> c.after().source(index));
            PostgresColumn column = binding.written(index);
            where.append(where.length() == 0 ? "" : " AND ")
                    .append("t.")
                    .append(column.quoted())
                    .append(' ')
                    .append(column.equals())
                    .append(' ')
                    .append(ColumnSql.cast(binding, index, value.name(), value.sentAs()));
        }
        if (where.length() == 0) {
            return null;
        }
        StringBuilder select = new StringBuilder("1, ");
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            PostgresColumn column = binding.column(i);
            if (column != null) {
                select.append(shown.isEmpty() ? "" : ", ")
                        .append(ColumnSql.shown(binding.shape().columns().get(i), column));
                shown.add(i);
            }
        }
        String sql = "SELECT " + select + sent.from() + " JOIN "
                + binding.table().quoted() + " AS t ON " + where + " LIMIT 10";
        return new PostgresLookup(sql, sent.arrays, List.of(), shown);
    }
}
