package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.RowStatements;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.TableShape;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Statements about one row that is locked already. Not thread-safe. */
final class MariadbRows implements RowStatements {

    private final TargetSession session;
    private final Function<TableShape, TableBinding<MariadbColumn>> bindings;

    MariadbRows(TargetSession session, Function<TableShape, TableBinding<MariadbColumn>> bindings) {
        this.session = session;
        this.bindings = bindings;
    }

    private static @Nullable Object value(TableBinding<MariadbColumn> binding, int column, @Nullable String text)
            throws SQLException {
        return Value.ofText(
                binding.written(column),
                binding.shape().columns().get(column),
                text,
                binding.shape().connector());
    }

    @Override
    public int compare(TableShape shape, RowImage key, int column, @Nullable String value) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(shape);
        String present = binding.written(column).quoted();
        PreparedStatement select =
                session.prepare("SELECT CASE WHEN " + present + " <=> ? THEN 0 WHEN ? IS NULL THEN -1"
                        + " WHEN " + present + " IS NULL THEN 1 WHEN " + present + " < ? THEN 1 WHEN " + present
                        + " > ? THEN -1 ELSE 0 END FROM " + binding.table().quoted() + " WHERE "
                        + MariadbStatements.whereKey(binding));
        Object wanted = value(binding, column, value);
        for (int i = 1; i <= 4; i++) {
            Value.bind(select, i, wanted);
        }
        int unused = MariadbStatements.bindKey(select, 5, binding, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : 1;
        }
    }

    @Override
    public @Nullable Map<String, @Nullable String> row(TableShape shape, RowImage key) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(shape);
        List<String> names = new ArrayList<>();
        List<String> results = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            MariadbColumn column = binding.column(i);
            if (column != null) {
                names.add(column.name());
                results.add(Value.shown(shape.columns().get(i), column));
            }
        }
        PreparedStatement select = session.prepare("SELECT " + String.join(", ", results) + " FROM "
                + binding.table().quoted() + " WHERE " + MariadbStatements.whereKey(binding));
        int unused = MariadbStatements.bindKey(select, 1, binding, key);
        try (ResultSet found = select.executeQuery()) {
            if (!found.next()) {
                return null;
            }
            Map<String, @Nullable String> row = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put(names.get(i), found.getString(i + 1));
            }
            return row;
        }
    }

    @Override
    public boolean holds(TableShape shape, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(shape);
        List<String> terms = new ArrayList<>(List.of("true"));
        texts.keySet().forEach(column -> terms.add(Value.same(binding.written(column))));
        PreparedStatement select = session.prepare("SELECT " + String.join(" AND ", terms) + " FROM "
                + binding.table().quoted() + " WHERE " + MariadbStatements.whereKey(binding));
        int index = 1;
        for (Map.Entry<Integer, @Nullable String> text : texts.entrySet()) {
            int column = text.getKey();
            Value.bind(
                    select,
                    index++,
                    Value.expectedText(
                            binding.written(column), shape.columns().get(column), text.getValue(), shape.connector()));
        }
        int unused = MariadbStatements.bindKey(select, index, binding, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    // The server keeps neither when nor by whom a row was written.
    @Override
    public Provenance provenance(TableShape shape, RowImage key) {
        return new Provenance(null, null, false);
    }

    // A capture of this server names no database: one log is of all of them.
    @Override
    public int compareSites(String replication) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT strcmp(CAST(concat(system_id, ' ', coalesce(\"database\", ''))"
                        + " AS BINARY), CAST(concat("
                        + ServerFlavor.of(session.connection()).identity()
                        + ", ' ') AS BINARY)) FROM twinlog.progress WHERE replication = ?");
        select.setString(1, replication);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    @Override
    public boolean update(TableShape shape, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(shape);
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            MariadbColumn column = binding.column(i);
            if (texts.containsKey(i)) {
                sets.add(binding.written(i).quoted() + " = ?");
            } else if (column != null && column.setOnUpdate()) {
                sets.add(column.quoted() + " = " + column.quoted());
            }
        }
        PreparedStatement update = session.prepare("UPDATE " + binding.table().quoted() + " SET "
                + String.join(", ", sets) + " WHERE " + MariadbStatements.whereKey(binding));
        int index = 1;
        for (int i = 0; i < binding.size(); i++) {
            if (texts.containsKey(i)) {
                Value.bind(update, index++, value(binding, i, texts.get(i)));
            }
        }
        int unused = MariadbStatements.bindKey(update, index, binding, key);
        return update.executeUpdate() == 1;
    }

    @Override
    public void delete(TableShape shape, RowImage key) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(shape);
        PreparedStatement delete = session.prepare(
                "DELETE FROM " + binding.table().quoted() + " WHERE " + MariadbStatements.whereKey(binding));
        int unused = MariadbStatements.bindKey(delete, 1, binding, key);
        delete.executeUpdate();
    }

    @Override
    public void deleteBlocking(NetChange change, UniqueConstraint unique) throws SQLException {
        TableBinding<MariadbColumn> binding = bindings.apply(change.shape());
        List<String> terms = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            RowImage source = index < 0 ? null : change.after().source(index);
            if (source == null || binding.column(index) == null) {
                return;
            }
            terms.add(Value.equal(binding.written(index)));
            values.add(Value.of(binding.written(index), source, index));
        }
        if (terms.isEmpty()) {
            return;
        }
        PreparedStatement delete =
                session.prepare("DELETE FROM " + binding.table().quoted() + " WHERE " + String.join(" AND ", terms)
                        + " AND NOT (" + MariadbStatements.whereKey(binding) + ")");
        int index = 1;
        for (Object value : values) {
            Value.bind(delete, index++, value);
        }
        int unused = MariadbStatements.bindKey(delete, index, binding, change.key());
        delete.executeUpdate();
    }
}
