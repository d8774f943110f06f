package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.applier.target.RowStatements;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.applier.target.TargetSession;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.applier.target.ValueText;
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

/**
 * Statements about one row that is locked already, with every value sent as text: what policies ask and write. Not thread-safe.
 */
final class TextStatements implements RowStatements {

    private final TargetSession session;
    private final Function<TableShape, TableBinding<PostgresColumn>> bindings;

    TextStatements(TargetSession session, Function<TableShape, TableBinding<PostgresColumn>> bindings) {
        this.session = session;
        this.bindings = bindings;
    }

    private String whereKey(TableBinding<PostgresColumn> binding, RowImage key, List<@Nullable String> values) {
        List<String> terms = new ArrayList<>();
        for (int index : binding.keys()) {
            PostgresColumn column = binding.written(index);
            terms.add("t." + column.quoted() + " " + column.equals() + " " + text(binding, index));
            values.add(ValueText.of(key, index));
        }
        return String.join(" AND ", terms);
    }

    private static String text(TableBinding<PostgresColumn> binding, int column) {
        return ColumnSql.cast(binding, column, "?::text", Parameter.TEXT);
    }

    private PreparedStatement bind(String sql, List<@Nullable String> values) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
        return statement;
    }

    @Override
    public int compare(TableShape shape, RowImage key, int column, @Nullable String value) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<@Nullable String> values = new ArrayList<>();
        values.add(value);
        String present = "t." + binding.written(column).quoted();
        String sql = "SELECT CASE WHEN e IS NOT DISTINCT FROM p THEN 0 WHEN e IS NULL THEN -1 WHEN p IS NULL THEN 1"
                + " WHEN e > p THEN 1 WHEN e < p THEN -1 ELSE 0 END FROM (SELECT " + text(binding, column) + " AS e, "
                + present + " AS p FROM " + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values)
                + ") AS v";
        try (ResultSet row = bind(sql, values).executeQuery()) {
            return row.next() ? row.getInt(1) : 1;
        }
    }

    @Override
    public @Nullable Map<String, @Nullable String> row(TableShape shape, RowImage key) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<@Nullable String> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            PostgresColumn column = binding.column(i);
            if (column != null) {
                names.add(binding.shape().columns().get(i).name());
                columns.add("t." + column.quoted() + "::text");
            }
        }
        String sql = "SELECT " + String.join(", ", columns) + " FROM "
                + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values);
        try (ResultSet found = bind(sql, values).executeQuery()) {
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
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<@Nullable String> values = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        texts.forEach((column, value) -> {
            terms.add("(" + ColumnSql.same(binding, column, "?::text", Parameter.TEXT) + ")");
            values.add(value);
        });
        String sql = "SELECT " + (terms.isEmpty() ? "true" : String.join(" AND ", terms)) + " FROM "
                + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values);
        try (ResultSet row = bind(sql, values).executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public Provenance provenance(TableShape shape, RowImage key) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<@Nullable String> values = new ArrayList<>();
        String sql = "SELECT (extract(epoch FROM c.timestamp) * 1000000)::bigint, o.roname, c.roident FROM "
                + binding.table().quoted() + " AS t CROSS JOIN LATERAL"
                + " pg_catalog.pg_xact_commit_timestamp_origin(t.xmin) AS c LEFT JOIN pg_catalog.pg_replication_origin AS o"
                + " ON o.roident = c.roident WHERE " + whereKey(binding, key, values);
        try (ResultSet row = bind(sql, values).executeQuery()) {
            if (!row.next()) {
                return new Provenance(null, null, false);
            }
            long micros = row.getLong(1);
            boolean known = !row.wasNull();
            return new Provenance(known ? micros : null, row.getString(2), known && row.getLong(3) == 0);
        }
    }

    @Override
    public int compareSites(String replication) throws SQLException {
        try (ResultSet row = bind(
                        "SELECT CASE WHEN s > t THEN 1 WHEN s < t THEN -1 ELSE 0 END FROM (SELECT (p.system_id || ' ' ||"
                                + " coalesce(p.database, '')) COLLATE \"C\" AS s, ((SELECT system_identifier::text FROM"
                                + " pg_catalog.pg_control_system()) || ' ' || pg_catalog.current_database()) COLLATE \"C\""
                                + " AS t FROM twinlog.progress p WHERE p.replication = ?::text) AS v",
                        List.of(replication))
                .executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    @Override
    public boolean update(TableShape shape, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<String> sets = new ArrayList<>();
        List<@Nullable String> values = new ArrayList<>();
        texts.forEach((column, value) -> {
            sets.add(binding.written(column).quoted() + " = " + text(binding, column));
            values.add(value);
        });
        String sql = "UPDATE " + binding.table().quoted() + " AS t SET " + String.join(", ", sets) + " WHERE "
                + whereKey(binding, key, values);
        return bind(sql, values).executeUpdate() == 1;
    }

    @Override
    public void delete(TableShape shape, RowImage key) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(shape);
        List<@Nullable String> values = new ArrayList<>();
        String sql = "DELETE FROM " + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values);
        bind(sql, values).executeUpdate();
    }

    @Override
    public void deleteBlocking(NetChange change, UniqueConstraint unique) throws SQLException {
        TableBinding<PostgresColumn> binding = bindings.apply(change.shape());
        List<@Nullable String> values = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            RowImage source = index < 0 ? null : change.after().source(index);
            if (source == null || binding.column(index) == null) {
                return;
            }
            PostgresColumn column = binding.written(index);
            terms.add("t." + column.quoted() + " " + column.equals() + " " + text(binding, index));
            values.add(ValueText.of(source, index));
        }
        if (terms.isEmpty()) {
            return;
        }
        String sql = "DELETE FROM " + binding.table().quoted() + " AS t WHERE " + String.join(" AND ", terms)
                + " AND NOT (" + whereKey(binding, change.key(), values) + ")";
        bind(sql, values).executeUpdate();
    }
}
