package io.twinlog.capture.postgres.catalog;

import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.selection.TablePatterns;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads descriptions of tables. Uses, and never closes, the given connection; not thread-safe. */
public final class SourceCatalog {

    /** Schemas that are never captured: the system's, and the one in which an applier keeps its progress. */
    private static final String OURS_OR_SYSTEM =
            "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'twinlog')";

    private static final String TABLES = "SELECT c.oid::int8, n.nspname, c.relname, c.relkind = 'p', c.relispartition,"
            + " c.relpersistence = 'u', c.relreplident,"
            + " CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(greatest(p.reltuples, 0)), 0)"
            + "   FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class p ON p.oid = t.relid WHERE t.isleaf)"
            + " ELSE greatest(c.reltuples, 0) END::int8,"
            + " pg_catalog.has_table_privilege(c.oid, 'SELECT'), pg_catalog.pg_has_role(c.relowner, 'USAGE')"
            + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ";

    private static final String COLUMNS = "SELECT a.attrelid::int8, a.attname, a.atttypid::int8, a.atttypmod,"
            + " a.attgenerated, a.attnotnull FROM pg_catalog.pg_attribute a"
            + " WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY (?::pg_catalog.oid[])"
            + " ORDER BY a.attrelid, a.attnum";

    private static final String KEYS = "SELECT i.indrelid::int8, i.indisprimary, i.indisreplident, a.attname"
            + " FROM pg_catalog.pg_index i CROSS JOIN LATERAL pg_catalog.unnest(i.indkey) WITH ORDINALITY k(attnum, place)"
            + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
            + " WHERE (i.indisprimary OR i.indisreplident) AND i.indisvalid AND k.place <= i.indnkeyatts"
            + " AND i.indrelid = ANY (?::pg_catalog.oid[]) ORDER BY i.indrelid, k.place";

    private static final String PARTITIONS = "SELECT c.oid::int8, n.nspname, p.relname FROM pg_catalog.pg_class c"
            + " CROSS JOIN LATERAL pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class p ON p.oid = t.relid"
            + " JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace"
            + " WHERE c.oid = ANY (?::pg_catalog.oid[]) AND c.relkind = 'p' AND t.isleaf AND p.relreplident <> c.relreplident"
            + " ORDER BY 2, 3";

    private final Connection connection;

    public SourceCatalog(Connection connection) {
        this.connection = connection;
    }

    /**
     * Tables that the patterns select. A partition is captured through its root unless a pattern names it, and its root is not
     * selected.
     */
    public List<CatalogTable> select(TablePatterns patterns) throws SQLException {
        List<CatalogTable> result = new ArrayList<>();
        for (CatalogTable table : describe(OURS_OR_SYSTEM, null)) {
            if (table.partition() ? patterns.names(table.id()) : patterns.selects(table.id())) {
                result.add(table);
            }
        }
        return result;
    }

    /** A table by its oid, or null. */
    public @Nullable CatalogTable find(int oid) throws SQLException {
        List<CatalogTable> found = describe("c.oid = " + Integer.toUnsignedString(oid) + "::pg_catalog.oid", null);
        return found.isEmpty() ? null : found.get(0);
    }

    /** A table by its name, or null. */
    public @Nullable CatalogTable find(TableId id) throws SQLException {
        for (CatalogTable table : describe("c.oid = pg_catalog.to_regclass(?)", id)) {
            return table;
        }
        return null;
    }

    private List<CatalogTable> describe(String condition, @Nullable TableId name) throws SQLException {
        Map<Integer, Draft> drafts = new HashMap<>();
        List<Draft> order = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES + condition + " ORDER BY 2, 3")) {
            if (name != null) {
                statement.setString(1, CatalogTable.quote(name.schema()) + "." + CatalogTable.quote(name.table()));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Draft draft = new Draft(
                            (int) rows.getLong(1),
                            new TableId(rows.getString(2), rows.getString(3)),
                            rows.getBoolean(4),
                            rows.getBoolean(5),
                            rows.getBoolean(6),
                            rows.getString(7).charAt(0),
                            rows.getLong(8),
                            rows.getBoolean(9),
                            rows.getBoolean(10));
                    drafts.put(draft.oid, draft);
                    order.add(draft);
                }
            }
        }
        Long[] oids = order.stream().map(d -> Integer.toUnsignedLong(d.oid)).toArray(Long[]::new);
        fill(
                COLUMNS,
                oids,
                (rows, draft) -> draft.columns.add(new CatalogTable.Column(
                        rows.getString(2),
                        (int) rows.getLong(3),
                        rows.getInt(4),
                        rows.getString(5).strip(),
                        rows.getBoolean(6))),
                drafts);
        fill(
                KEYS,
                oids,
                (rows, draft) -> {
                    if (rows.getBoolean(2)) {
                        draft.primaryKey.add(rows.getString(4));
                    }
                    if (rows.getBoolean(3)) {
                        draft.identityIndex.add(rows.getString(4));
                    }
                },
                drafts);
        fill(
                PARTITIONS,
                oids,
                (rows, draft) -> draft.otherIdentities.add(new TableId(rows.getString(2), rows.getString(3))),
                drafts);
        return order.stream().map(Draft::finished).toList();
    }

    private interface RowReader {
        void read(ResultSet rows, Draft draft) throws SQLException;
    }

    private void fill(String sql, Long[] oids, RowReader reader, Map<Integer, Draft> drafts) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("int8", oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Draft draft = drafts.get((int) rows.getLong(1));
                    if (draft != null) {
                        reader.read(rows, draft);
                    }
                }
            }
        }
    }

    /**
     * The description that the log would give of the table as it is now.
     *
     * @param generated whether the publication sends stored generated columns
     */
    public static Relation relation(CatalogTable table, boolean generated) {
        List<Relation.Column> columns = new ArrayList<>();
        for (CatalogTable.Column column : table.columns()) {
            if (!isSent(column, generated)) {
                continue;
            }
            boolean identity = switch (table.identity()) {
                case 'f' -> true;
                case 'd' -> table.primaryKey().contains(column.name());
                case 'i' -> table.identityIndex().contains(column.name());
                default -> false;
            };
            columns.add(new Relation.Column(column.name(), column.typeOid(), column.typeModifier(), identity));
        }
        return new Relation(table.oid(), table.id().schema(), table.id().table(), table.identity(), columns);
    }

    /** Whether the log carries a column. */
    public static boolean isSent(CatalogTable.Column column, boolean generated) {
        return column.generated().isEmpty() || (column.generated().equals("s") && generated);
    }

    /** A table while its parts are read. */
    private static final class Draft {
        private final int oid;
        private final TableId id;
        private final boolean partitioned;
        private final boolean partition;
        private final boolean unlogged;
        private final char identity;
        private final long rows;
        private final boolean readable;
        private final boolean owned;
        private final List<CatalogTable.Column> columns = new ArrayList<>();
        private final List<String> primaryKey = new ArrayList<>();
        private final List<String> identityIndex = new ArrayList<>();
        private final List<TableId> otherIdentities = new ArrayList<>();

        Draft(
                int oid,
                TableId id,
                boolean partitioned,
                boolean partition,
                boolean unlogged,
                char identity,
                long rows,
                boolean readable,
                boolean owned) {
            this.oid = oid;
            this.id = id;
            this.partitioned = partitioned;
            this.partition = partition;
            this.unlogged = unlogged;
            this.identity = identity;
            this.rows = rows;
            this.readable = readable;
            this.owned = owned;
        }

        CatalogTable finished() {
            return new CatalogTable(
                    oid,
                    id,
                    partitioned,
                    partition,
                    unlogged,
                    identity,
                    rows,
                    readable,
                    owned,
                    List.copyOf(columns),
                    List.copyOf(primaryKey),
                    List.copyOf(identityIndex),
                    List.copyOf(otherIdentities));
        }
    }
}
