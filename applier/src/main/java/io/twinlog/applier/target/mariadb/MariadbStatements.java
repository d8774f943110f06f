package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.Lookup;
import io.twinlog.applier.target.SetStatement;
import io.twinlog.applier.target.StatementBuilder;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.TableShape;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Statements of one row or of some, guarded by the before image. Stateless but for the bindings. */
final class MariadbStatements implements StatementBuilder {

    private final Function<TableShape, TableBinding<MariadbColumn>> bindings;

    MariadbStatements(Function<TableShape, TableBinding<MariadbColumn>> bindings) {
        this.bindings = bindings;
    }

    @Override
    public TableBinding<MariadbColumn> binding(TableShape shape) {
        return bindings.apply(shape);
    }

    private TableBinding<MariadbColumn> binding(List<NetChange> changes) {
        return bindings.apply(changes.get(0).shape());
    }

    /** The condition that finds a row by its key. */
    static String whereKey(TableBinding<MariadbColumn> binding) {
        List<String> terms = new ArrayList<>();
        for (int key : binding.keys()) {
            terms.add(Value.isKey(binding.written(key)));
        }
        return String.join(" AND ", terms);
    }

    static int bindKey(PreparedStatement statement, int from, TableBinding<MariadbColumn> binding, RowImage key)
            throws SQLException {
        int index = from;
        for (int column : binding.keys()) {
            index = Value.bindKey(statement, index, binding.written(column), key, column);
        }
        return index;
    }

    /** The conditions that compare columns with the before image, each behind an AND. */
    static String guard(TableBinding<MariadbColumn> binding, List<Integer> compared) {
        StringBuilder guard = new StringBuilder();
        for (int column : compared) {
            guard.append(" AND ").append(Value.same(binding.written(column)));
        }
        return guard.toString();
    }

    private static int bindGuard(
            PreparedStatement statement,
            int from,
            TableBinding<MariadbColumn> binding,
            List<Integer> compared,
            NetChange change)
            throws SQLException {
        int index = from;
        for (int column : compared) {
            Value.bind(statement, index++, Value.expected(binding.written(column), change.guard(), column));
        }
        return index;
    }

    @Override
    public SetStatement delete(List<NetChange> changes, List<Integer> compared) {
        TableBinding<MariadbColumn> binding = binding(changes);
        String sql =
                "DELETE FROM " + binding.table().quoted() + " WHERE " + whereKey(binding) + guard(binding, compared);
        MariadbStatement single = new MariadbStatement(
                SetStatement.Kind.DELETE,
                binding,
                sql,
                (statement, change) -> {
                    int index = bindKey(statement, 1, binding, change.key());
                    int unused = bindGuard(statement, index, binding, compared, change);
                },
                changes,
                changes.size());
        return new MariadbManyRows(single, binding, new int[0], compared);
    }

    @Override
    public SetStatement update(List<NetChange> changes, BitSet set, List<Integer> compared) {
        TableBinding<MariadbColumn> binding = binding(changes);
        int[] columns = set.stream().toArray();
        String sql = "UPDATE " + binding.table().quoted() + " SET " + assignments(binding, columns, "?") + " WHERE "
                + whereKey(binding) + guard(binding, compared);
        MariadbStatement single = new MariadbStatement(
                SetStatement.Kind.UPDATE,
                binding,
                sql,
                (statement, change) -> {
                    int index = bindRow(statement, binding, columns, change);
                    index = bindKey(statement, index, binding, change.key());
                    int unused = bindGuard(statement, index, binding, compared, change);
                },
                changes,
                changes.size());
        return MariadbManyRows.suits(binding, columns)
                ? new MariadbManyRows(single, binding, columns, compared)
                : single;
    }

    /**
     * What an update sets.
     *
     * @param columns that get a value
     * @param value SQL of a value, with its parameters
     */
    static String assignments(TableBinding<MariadbColumn> binding, int[] columns, String value) {
        List<String> assignments = new ArrayList<>();
        BitSet set = new BitSet();
        for (int column : columns) {
            set.set(column);
        }
        for (int i = 0; i < binding.size(); i++) {
            MariadbColumn column = binding.column(i);
            if (set.get(i)) {
                assignments.add(binding.written(i).quoted() + " = " + value);
            } else if (column != null && column.setOnUpdate()) {
                // Named, so that the server does not put in the present time for what the source has not changed.
                assignments.add(column.quoted() + " = " + column.quoted());
            }
        }
        return String.join(", ", assignments);
    }

    private static int bindRow(
            PreparedStatement statement, TableBinding<MariadbColumn> binding, int[] columns, NetChange change)
            throws SQLException {
        int index = 1;
        for (int column : columns) {
            Value.bind(
                    statement,
                    index++,
                    Value.written(binding.written(column), change.after().source(column), column));
        }
        return index;
    }

    @Override
    public SetStatement lookup(SetStatement.Kind kind, List<NetChange> changes) {
        TableBinding<MariadbColumn> binding = binding(changes);
        return new MariadbPresence(
                kind,
                binding,
                "EXISTS (SELECT 1 FROM " + binding.table().quoted() + " WHERE " + whereKey(binding) + ")",
                changes);
    }

    @Override
    public SetStatement insert(List<NetChange> changes, boolean upsert) {
        TableBinding<MariadbColumn> binding = binding(changes);
        BitSet written = new BitSet();
        BitSet others = new BitSet();
        for (int i = 0; i < binding.size(); i++) {
            written.set(i, binding.column(i) != null);
            others.set(
                    i,
                    binding.column(i) != null
                            && !binding.shape().columns().get(i).key());
        }
        if (!upsert) {
            return insert(binding, changes, written.stream().toArray());
        }
        SetStatement update =
                others.isEmpty() ? lookup(SetStatement.Kind.PRESENT, changes) : update(changes, others, List.of());
        int[] columns = written.stream().toArray();
        return new MariadbUpsert(binding, update, rest -> insert(binding, rest, columns), changes);
    }

    private static SetStatement insert(TableBinding<MariadbColumn> binding, List<NetChange> changes, int[] columns) {
        List<String> names = new ArrayList<>();
        for (int column : columns) {
            names.add(binding.written(column).quoted());
        }
        String sql = "INSERT INTO " + binding.table().quoted() + " (" + String.join(", ", names) + ") VALUES ("
                + "?, ".repeat(columns.length - 1) + "?)";
        return new MariadbStatement(
                SetStatement.Kind.INSERT,
                binding,
                sql,
                (statement, change) -> {
                    int unused = bindRow(statement, binding, columns, change);
                },
                changes,
                changes.size());
    }

    @Override
    public Lookup locking(List<NetChange> changes, boolean byNewKey, List<Integer> compared) {
        TableBinding<MariadbColumn> binding = binding(changes);
        List<String> results = new ArrayList<>();
        for (int column : compared) {
            results.add(Value.same(binding.written(column)));
        }
        List<Integer> shown = shown(binding, results);
        String sql = "SELECT " + String.join(", ", results) + " FROM "
                + binding.table().quoted() + " WHERE " + whereKey(binding) + " FOR UPDATE";
        int key = binding.keys()[0];
        return new MariadbLookup(
                sql,
                (statement, change) -> {
                    int index = bindGuard(statement, 1, binding, compared, change);
                    RowImage row = byNewKey ? change.after().source(key) : change.key();
                    int unused = bindKey(statement, index, binding, row == null ? change.key() : row);
                },
                changes,
                compared,
                shown);
    }

    /** Adds what shows a row to the results of a query; which columns these are. */
    static List<Integer> shown(TableBinding<MariadbColumn> binding, List<String> results) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            MariadbColumn column = binding.column(i);
            if (column != null) {
                results.add(ShortText.sql(binding.shape().columns().get(i), column));
                shown.add(i);
            }
        }
        return shown;
    }

    @Override
    public @Nullable Lookup blocking(NetChange change, UniqueConstraint unique) {
        TableBinding<MariadbColumn> binding = bindings.apply(change.shape());
        List<Integer> columns = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            if (index < 0 || binding.column(index) == null) {
                return null;
            }
            columns.add(index);
            terms.add(Value.equal(binding.written(index)));
        }
        if (terms.isEmpty()) {
            return null;
        }
        List<String> results = new ArrayList<>();
        List<Integer> shown = shown(binding, results);
        String sql = "SELECT " + String.join(", ", results) + " FROM "
                + binding.table().quoted() + " WHERE " + String.join(" AND ", terms) + " LIMIT 10";
        return new MariadbLookup(
                sql,
                (statement, one) -> {
                    for (int i = 0; i < columns.size(); i++) {
                        int column = columns.get(i);
                        Value.bind(
                                statement,
                                i + 1,
                                Value.of(binding.written(column), one.after().source(column), column));
                    }
                },
                List.of(change),
                List.of(),
                shown);
    }
}
