package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.target.TargetTable;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the target's information_schema. Stateless. */
final class MariadbCatalog {

    private static final String COLUMNS = "SELECT column_name, column_type, character_set_name, collation_name,"
            + " coalesce(generation_expression, '') <> '', extra, is_nullable = 'NO' FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
            + " ORDER BY ordinal_position";

    private static final String UNIQUES = "SELECT index_name, column_name, sub_part IS NOT NULL FROM"
            + " information_schema.statistics WHERE table_schema = ? AND table_name = ? AND non_unique = 0"
            + " ORDER BY index_name = 'PRIMARY' DESC, index_name, seq_in_index";

    private MariadbCatalog() {}

    /**
     * The table, or null if the target has none of this name.
     *
     * @return {@code copyable} is whether its storage engine takes back what a transaction has not committed
     */
    static @Nullable TargetTable<MariadbColumn> load(Connection connection, TableId id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT t.table_type = 'BASE TABLE' AND"
                        + " coalesce(e.transactions = 'YES', false) FROM information_schema.tables t LEFT JOIN"
                        + " information_schema.engines e ON e.engine = t.engine WHERE t.table_schema = ? AND t.table_name = ?")) {
            select.setString(1, id.schema());
            select.setString(2, id.table());
            boolean transactional;
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                transactional = row.getBoolean(1);
            }
            Map<String, MariadbColumn> columns = columns(connection, id);
            return new TargetTable<>(id, columns, uniques(connection, id, columns), transactional);
        }
    }

    private static Map<String, MariadbColumn> columns(Connection connection, TableId id) throws SQLException {
        Map<String, MariadbColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setString(1, id.schema());
            select.setString(2, id.table());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String extra = row.getString(6);
                    columns.put(
                            row.getString(1),
                            new MariadbColumn(
                                    row.getString(1),
                                    MariadbType.parse(row.getString(2)),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getBoolean(7),
                                    row.getBoolean(5),
                                    extra != null
                                            && extra.toLowerCase(Locale.ROOT).contains("on update")));
                }
            }
        }
        return columns;
    }

    private static List<UniqueConstraint> uniques(Connection connection, TableId id, Map<String, MariadbColumn> columns)
            throws SQLException {
        Map<String, List<String>> names = new LinkedHashMap<>();
        List<String> partial = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(UNIQUES)) {
            select.setString(1, id.schema());
            select.setString(2, id.table());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    List<String> of = names.computeIfAbsent(row.getString(1), name -> new ArrayList<>());
                    String column = row.getString(2);
                    if (column != null) {
                        of.add(column);
                    }
                    // MySQL may index an expression, which is no column.
                    if (column == null || row.getBoolean(3)) {
                        partial.add(row.getString(1));
                    }
                }
            }
        }
        List<UniqueConstraint> uniques = new ArrayList<>();
        names.forEach((name, of) -> {
            // Rows are found by the bytes of their key; under its collation another row may be in the way.
            boolean folds = of.stream().anyMatch(column -> {
                MariadbColumn found = columns.get(column);
                return found == null || found.foldsText();
            });
            uniques.add(new UniqueConstraint(
                    name, name.equals("PRIMARY") && !folds, partial.contains(name) ? List.of() : of));
        });
        return uniques;
    }
}
