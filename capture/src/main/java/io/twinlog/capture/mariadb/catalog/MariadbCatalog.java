package io.twinlog.capture.mariadb.catalog;

import io.twinlog.capture.mariadb.value.MariadbType;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads information_schema. Not thread-safe. */
public final class MariadbCatalog {

    private static final Set<String> SYSTEM =
            Set.of("mysql", "information_schema", "performance_schema", "sys", "twinlog");

    private final Connection connection;

    public MariadbCatalog(Connection connection) {
        this.connection = connection;
    }

    /** Whether a database is the server's own, or ours. */
    public static boolean isSystem(String database) {
        return SYSTEM.contains(database.toLowerCase(Locale.ROOT));
    }

    /** All tables of users that patterns select, in order of their names. */
    public List<TableId> select(TablePatterns patterns) throws SQLException {
        Set<TableId> selected = new TreeSet<>();
        String sql = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
                + " WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                TableId id = new TableId(row.getString(1), row.getString(2));
                if (!isSystem(id.schema()) && patterns.selects(id)) {
                    selected.add(id);
                }
            }
        }
        return new ArrayList<>(selected);
    }

    /** A table, or null if there is none. */
    public @Nullable MariadbTable find(TableId id) throws SQLException {
        String kind;
        String engine;
        long rows;
        try (PreparedStatement statement =
                        prepare("SELECT TABLE_TYPE, ENGINE, TABLE_ROWS FROM information_schema.TABLES", "", id);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            kind = row.getString(1);
            engine = String.valueOf(row.getString(2));
            rows = row.getLong(3);
        }
        Set<String> key = Set.copyOf(keyColumns(id));
        List<MariadbTable.Column> columns = new ArrayList<>();
        try (PreparedStatement statement = prepare(
                        "SELECT COLUMN_NAME, COLUMN_TYPE, CHARACTER_SET_NAME FROM information_schema.COLUMNS",
                        " ORDER BY ORDINAL_POSITION",
                        id);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                String name = row.getString(1);
                String declared = row.getString(2);
                columns.add(new MariadbTable.Column(
                        name, declared, MariadbType.of(declared), row.getString(3), key.contains(name)));
            }
        }
        return new MariadbTable(
                id, kind, engine, rows, columns, ServerKind.of(connection).connector());
    }

    /** Columns of the primary key, in its order. */
    public List<String> keyColumns(TableId id) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = prepare(
                        "SELECT COLUMN_NAME FROM information_schema.STATISTICS",
                        " AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX",
                        id);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    /** Foreign keys by which changes of another table change rows of this one. */
    public List<String> cascades(TableId id) throws SQLException {
        List<String> names = new ArrayList<>();
        String sql = "SELECT CONSTRAINT_NAME, REFERENCED_TABLE_NAME, DELETE_RULE, UPDATE_RULE"
                + " FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?"
                + " AND (DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT')"
                + " OR UPDATE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, id.schema());
            statement.setString(2, id.table());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1) + " to " + row.getString(2) + " (ON DELETE " + row.getString(3)
                            + ", ON UPDATE " + row.getString(4) + ")");
                }
            }
        }
        return names;
    }

    private PreparedStatement prepare(String select, String tail, TableId id) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(select + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?" + tail);
        statement.setString(1, id.schema());
        statement.setString(2, id.table());
        return statement;
    }
}
