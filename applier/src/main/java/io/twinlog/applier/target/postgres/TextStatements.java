package io.twinlog.applier.target.postgres;

import io.twinlog.applier.fold.NetChange;
import io.twinlog.schemas.event.RowImage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements about one row that is locked already, with every value sent as text: what policies ask and write. Not thread-safe.
 */
final class TextStatements {

    private final TargetSession session;

    TextStatements(TargetSession session) {
        this.session = session;
    }

    /** What the target knows about the last writer of a row; nulls where it does not. */
    record Provenance(@Nullable Long commitMicros, @Nullable String origin, boolean local) {}

    private String whereKey(TableBinding binding, RowImage key, List<@Nullable String> values) {
        List<String> terms = new ArrayList<>();
        for (int index : binding.keys()) {
            TargetColumn column = binding.written(index);
            terms.add("t." + column.quoted() + " " + column.equals() + " " + text(binding, index));
            values.add(ValueText.of(key, index));
        }
        return String.join(" AND ", terms);
    }

    private static String text(TableBinding binding, int column) {
        return binding.cast(column, "?::text", Parameter.TEXT);
    }

    private PreparedStatement bind(String sql, List<@Nullable String> values) throws SQLException {
        PreparedStatement statement = session.prepare(sql);
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
        return statement;
    }

    /** Sign of a value minus the row's; null is less than any value. */
    int compare(TableBinding binding, RowImage key, int column, @Nullable String value) throws SQLException {
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

    /** The row as text, columns that the target computes left out; null if there is none. */
    @Nullable
    Map<String, @Nullable String> row(TableBinding binding, RowImage key) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < binding.size(); i++) {
            TargetColumn column = binding.column(i);
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

    /** Whether there is such a row and it holds these values, given as exact text. */
    boolean holds(TableBinding binding, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        texts.forEach((column, value) -> {
            terms.add("(" + binding.same(column, "?::text", Parameter.TEXT) + ")");
            values.add(value);
        });
        String sql = "SELECT " + (terms.isEmpty() ? "true" : String.join(" AND ", terms)) + " FROM "
                + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values);
        try (ResultSet row = bind(sql, values).executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    Provenance provenance(TableBinding binding, RowImage key) throws SQLException {
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

    /** Sign of the source's identity minus the target's; 0 where they are not known or the same. */
    int compareSites(String replication) throws SQLException {
        try (ResultSet row = bind(
                        "SELECT CASE WHEN s > t THEN 1 WHEN s < t THEN -1 ELSE 0 END FROM (SELECT (p.system_id || ' ' ||"
                                + " p.database) COLLATE \"C\" AS s, ((SELECT system_identifier::text FROM"
                                + " pg_catalog.pg_control_system()) || ' ' || pg_catalog.current_database()) COLLATE \"C\""
                                + " AS t FROM twinlog.progress p WHERE p.replication = ?::text) AS v",
                        List.of(replication))
                .executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** Sets columns of the row, given as exact text; false if there is no such row. */
    boolean update(TableBinding binding, RowImage key, Map<Integer, @Nullable String> texts) throws SQLException {
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

    /** Deletes the row with this key. */
    void delete(TableBinding binding, RowImage key) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        String sql = "DELETE FROM " + binding.table().quoted() + " AS t WHERE " + whereKey(binding, key, values);
        bind(sql, values).executeUpdate();
    }

    /** Deletes the other rows that hold the values which the change would give to the columns of a unique constraint. */
    void deleteBlocking(TableBinding binding, NetChange change, UniqueConstraint unique) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        List<String> terms = new ArrayList<>();
        for (String name : unique.columns()) {
            int index = binding.shape().indexOf(name);
            RowImage source = index < 0 ? null : change.after().source(index);
            if (source == null || binding.column(index) == null) {
                return;
            }
            TargetColumn column = binding.written(index);
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
