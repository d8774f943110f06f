package io.twinlog.capture.postgres.value;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The source's names of its types: those built in are read from the catalog once, others come with the log. Names are valid
 * SQL; types of pg_catalog are unqualified. Not thread-safe.
 */
public final class TypeNames {

    /** Types from here on are announced in the log by Type messages. PostgreSQL: access/transam.h. */
    private static final int FIRST_ANNOUNCED = 10_000;

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");
    private static final int FULL_RANGE = 0x7FFF;
    private static final int FULL_PRECISION = 0xFFFF;

    private final Map<Integer, String> names = new HashMap<>();

    /** Reads the names of all types as they are now. A domain is named after its base type, as pgoutput does it. */
    public static TypeNames load(Connection connection) throws SQLException {
        TypeNames result = new TypeNames();
        String sql = "WITH RECURSIVE base(oid, actual) AS ("
                + " SELECT oid, oid FROM pg_catalog.pg_type WHERE typtype <> 'd'"
                + " UNION ALL SELECT d.oid, b.actual FROM pg_catalog.pg_type d JOIN base b ON d.typbasetype = b.oid"
                + " WHERE d.typtype = 'd')"
                + " SELECT b.oid::int8, n.nspname, t.typname, e.typname FROM base b"
                + " JOIN pg_catalog.pg_type t ON t.oid = b.actual"
                + " JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
                + " LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                int oid = (int) rows.getLong(1);
                String element = rows.getString(4);
                if (Integer.compareUnsigned(oid, FIRST_ANNOUNCED) < 0 && element != null) {
                    result.names.put(oid, quote(element) + "[]");
                } else {
                    result.put(oid, rows.getString(2), rows.getString(3));
                }
            }
        }
        return result;
    }

    /** Takes what a Type message says; an empty schema stands for pg_catalog. */
    public void put(int oid, String schema, String name) {
        boolean builtIn = schema.isEmpty() || schema.equals("pg_catalog");
        names.put(oid, builtIn ? quote(name) : quote(schema) + "." + quote(name));
    }

    /** The type with its modifiers, such as {@code numeric(12,2)} or {@code public.mood}. */
    public String sqlType(int oid, int modifier) {
        String name = names.get(oid);
        if (name == null) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "The log uses the type with oid " + Integer.toUnsignedString(oid)
                            + ", which neither the catalog nor the log names");
        }
        if (modifier < 0) {
            return name;
        }
        return name.endsWith("[]")
                ? withModifier(name.substring(0, name.length() - 2), modifier) + "[]"
                : withModifier(name, modifier);
    }

    private static String withModifier(String name, int modifier) {
        return switch (name) {
            case "numeric" ->
                "numeric(" + ColumnTypes.numericPrecision(modifier) + "," + ColumnTypes.numericScale(modifier) + ")";
            case "varchar", "bpchar" -> name + "(" + (modifier - 4) + ")";
            case "bit", "varbit", "time", "timetz", "timestamp", "timestamptz" -> name + "(" + modifier + ")";
            case "interval" -> interval(modifier);
            default -> name;
        };
    }

    /** Source: PostgreSQL, utils/timestamp.h, INTERVAL_RANGE and INTERVAL_PRECISION. */
    private static String interval(int modifier) {
        int range = modifier >> 16 & FULL_RANGE;
        int precision = modifier & 0xFFFF;
        String digits = precision == FULL_PRECISION ? "" : "(" + precision + ")";
        String fields = range == FULL_RANGE ? "" : fields(range);
        if (fields == null) {
            return "interval";
        }
        return fields.isEmpty() ? "interval" + digits : "interval " + fields + digits;
    }

    private static @Nullable String fields(int range) {
        int month = 1 << 1;
        int year = 1 << 2;
        int day = 1 << 3;
        int hour = 1 << 10;
        int minute = 1 << 11;
        int second = 1 << 12;
        Map<Integer, String> known = Map.ofEntries(
                Map.entry(year, "year"),
                Map.entry(month, "month"),
                Map.entry(day, "day"),
                Map.entry(hour, "hour"),
                Map.entry(minute, "minute"),
                Map.entry(second, "second"),
                Map.entry(year | month, "year to month"),
                Map.entry(day | hour, "day to hour"),
                Map.entry(day | hour | minute, "day to minute"),
                Map.entry(day | hour | minute | second, "day to second"),
                Map.entry(hour | minute, "hour to minute"),
                Map.entry(hour | minute | second, "hour to second"),
                Map.entry(minute | second, "minute to second"));
        return known.get(range);
    }

    /** Quotes an identifier where SQL needs it; also {@code "char"}, which unquoted would be another type. */
    static String quote(String identifier) {
        if (PLAIN.matcher(identifier).matches() && !identifier.equals("char")) {
            return identifier;
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
