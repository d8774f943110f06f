package io.twinlog.capture.postgres.catalog;

import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The publication as the source describes it: it alone decides what is captured. Immutable.
 *
 * @param complete whether it publishes all four operations through the root of partitioned tables
 * @param generated whether it sends stored generated columns
 * @param allTables whether it was created FOR ALL TABLES
 */
public record Publication(String name, boolean complete, boolean generated, boolean allTables, List<TableId> tables) {

    /** From here on identity FULL needs stored generated columns in the publication, and they can be published. */
    public static final int VERSION_WITH_GENERATED = 18;

    /** Reads it, or null if there is no such publication. */
    public static @Nullable Publication find(Connection connection, String name) throws SQLException {
        boolean canSendGenerated = connection.getMetaData().getDatabaseMajorVersion() >= VERSION_WITH_GENERATED;
        String sql = "SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot, "
                + (canSendGenerated ? "pubgencols = 's'" : "false") + ", puballtables"
                + " FROM pg_catalog.pg_publication WHERE pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Publication(
                                name, row.getBoolean(1), row.getBoolean(2), row.getBoolean(3), tables(connection, name))
                        : null;
            }
        }
    }

    private static List<TableId> tables(Connection connection, String name) throws SQLException {
        String sql =
                "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = ? ORDER BY 1, 2";
        List<TableId> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(new TableId(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return tables;
    }

    /** The statement that creates it. */
    public static String createStatement(String name, Collection<CatalogTable> tables, int majorVersion) {
        return "CREATE PUBLICATION " + CatalogTable.quote(name) + " FOR TABLE " + list(tables)
                + " WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true"
                + (majorVersion >= VERSION_WITH_GENERATED ? ", publish_generated_columns = stored)" : ")");
    }

    /** The statement that adds tables. */
    public static String addStatement(String name, Collection<CatalogTable> tables) {
        return "ALTER PUBLICATION " + CatalogTable.quote(name) + " ADD TABLE " + list(tables);
    }

    private static String list(Collection<CatalogTable> tables) {
        return tables.stream().map(CatalogTable::quotedName).collect(Collectors.joining(", "));
    }

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
