package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.applier.target.UniqueConstraint;
import io.twinlog.schemas.table.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the target's catalog. Stateless. */
final class Catalog {

    // Of a domain the innermost base type counts: values are cast to it and the assignment checks the domain. The
    // equality operator is looked up by type, since an extension's may live in a schema that is not on the search
    // path.
    private static final String COLUMNS = """
            WITH RECURSIVE base AS (
              SELECT a.attnum, t.oid, t.typtype, t.typbasetype FROM pg_catalog.pg_attribute a
                JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
              UNION ALL
              SELECT b.attnum, t.oid, t.typtype, t.typbasetype FROM base b
                JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')
            SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.oid::integer, tn.nspname, t.typname,
              pg_catalog.format_type(b.oid, NULL), a.attgenerated <> '', a.attidentity = 'a',
              a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
              (SELECT n.nspname FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                WHERE o.oprname = '=' AND o.oprleft = b.oid AND o.oprright = b.oid LIMIT 1),
              t.typtype = 'e'
            FROM pg_catalog.pg_attribute a JOIN base b ON b.attnum = a.attnum AND b.typtype <> 'd'
              JOIN pg_catalog.pg_type t ON t.oid = b.oid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
            WHERE a.attrelid = ?::oid ORDER BY a.attnum""";

    private static final String UNIQUES = """
            SELECT c.relname, i.indisprimary, CASE WHEN i.indexprs IS NULL AND i.indpred IS NULL THEN
              ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k(n, o)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
                WHERE k.o <= i.indnkeyatts ORDER BY k.o) ELSE '{}' END
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = ?::oid AND i.indisunique ORDER BY i.indisprimary DESC, c.relname""";

    private Catalog() {}

    /** The table, or null if the target has none of this name. */
    static @Nullable TargetTable<PostgresColumn> load(Connection connection, TableId id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT c.oid, c.relkind IN ('r', 'p') AND NOT"
                + " c.relhasrules AND NOT c.relrowsecurity FROM pg_catalog.pg_class c JOIN"
                + " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ? AND"
                + " c.relkind IN ('r', 'p', 'f', 'v')")) {
            select.setString(1, id.schema());
            select.setString(2, id.table());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                long oid = row.getLong(1);
                return new TargetTable<>(id, columns(connection, oid), uniques(connection, oid), row.getBoolean(2));
            }
        }
    }

    private static Map<String, PostgresColumn> columns(Connection connection, long oid) throws SQLException {
        Map<String, PostgresColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement(COLUMNS)) {
            select.setLong(1, oid);
            select.setLong(2, oid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String equalsSchema = row.getString(10);
                    columns.put(
                            row.getString(1),
                            new PostgresColumn(
                                    row.getString(1),
                                    row.getString(2),
                                    row.getInt(3),
                                    castName(row.getInt(3), row.getString(4), row.getString(5), row.getString(6)),
                                    equalsSchema == null || equalsSchema.equals("pg_catalog")
                                            ? "="
                                            : "OPERATOR(" + Identifier.quote(equalsSchema) + ".=)",
                                    row.getBoolean(7),
                                    row.getBoolean(8),
                                    row.getBoolean(9),
                                    row.getBoolean(11)));
                }
            }
        }
        return columns;
    }

    // A cast to bit or bpchar by its printed name would mean length 1 and truncate in silence.
    private static String castName(int oid, String schema, String name, String formatted) {
        return switch (oid) {
            case PgType.BPCHAR -> "pg_catalog.bpchar";
            case PgType.BIT -> "pg_catalog.varbit";
            case PgType.BIT_ARRAY -> "pg_catalog.varbit[]";
            case PgType.BPCHAR_ARRAY -> "pg_catalog._bpchar";
            default ->
                schema.equals("pg_catalog") ? formatted : Identifier.quote(schema) + "." + Identifier.quote(name);
        };
    }

    private static List<UniqueConstraint> uniques(Connection connection, long oid) throws SQLException {
        List<UniqueConstraint> uniques = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(UNIQUES)) {
            select.setLong(1, oid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Array columns = row.getArray(3);
                    uniques.add(new UniqueConstraint(
                            row.getString(1), row.getBoolean(2), List.of((String[]) columns.getArray())));
                }
            }
        }
        return uniques;
    }
}
