package io.twinlog.capture.mariadb.value;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column's type by its SQL name, in one spelling: lower case, without display width and ZEROFILL, but for {@code tinyint(1)}.
 * Immutable.
 *
 * @param base name without modifiers, such as {@code bigint}
 * @param sqlType the whole name, such as {@code bigint unsigned} or {@code decimal(12,2)}
 */
public record MariadbType(String base, String sqlType) {

    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint", "year");
    private static final Set<String> APPROXIMATE = Set.of("float", "double");
    private static final Set<String> GEOMETRIES = Set.of(
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            // MySQL's name of the same.
            "geomcollection");
    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+),(\\d+)\\).*");

    /** Reads information_schema's COLUMN_TYPE. */
    public static MariadbType of(String columnType) {
        int quote = columnType.indexOf('\'');
        if (quote >= 0) {
            // Labels keep their case.
            String head = columnType.substring(0, quote).toLowerCase(Locale.ROOT);
            return new MariadbType(head.replace("(", ""), head + columnType.substring(quote));
        }
        String text =
                columnType.toLowerCase(Locale.ROOT).replace(" zerofill", "").strip();
        String base = text.replaceFirst("[ (].*", "");
        boolean unsigned = text.endsWith(" unsigned");
        String suffix = unsigned ? " unsigned" : "";
        if (INTEGERS.contains(base)) {
            return new MariadbType(base, text.equals("tinyint(1)") ? text : base + suffix);
        }
        return APPROXIMATE.contains(base) ? new MariadbType(base, base + suffix) : new MariadbType(base, text);
    }

    /** How a column of this type travels. */
    public ColumnShape shape(String name, boolean key) {
        Matcher decimal = DECIMAL.matcher(sqlType);
        if (decimal.matches()) {
            return new ColumnShape(
                    name,
                    XlogType.DECIMAL,
                    sqlType,
                    Integer.parseInt(decimal.group(1)),
                    Integer.parseInt(decimal.group(2)),
                    key);
        }
        if (sqlType.equals("bigint unsigned")) {
            return new ColumnShape(name, XlogType.DECIMAL, sqlType, 20, 0, key);
        }
        return new ColumnShape(name, xlogType(), sqlType, key);
    }

    private XlogType xlogType() {
        if (GEOMETRIES.contains(base)) {
            return XlogType.BYTES;
        }
        return switch (base) {
            case "tinyint", "smallint", "mediumint", "year" -> XlogType.INT;
            case "int" -> sqlType.endsWith(" unsigned") ? XlogType.LONG : XlogType.INT;
            case "bigint" -> XlogType.LONG;
            case "float" -> XlogType.FLOAT;
            case "double" -> XlogType.DOUBLE;
            case "date" -> XlogType.DATE;
            case "datetime" -> XlogType.LOCAL_TIMESTAMP;
            case "timestamp" -> XlogType.TIMESTAMP;
            case "time" -> XlogType.TIME;
            case "uuid" -> XlogType.UUID;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector" -> XlogType.BYTES;
            default -> XlogType.TEXT;
        };
    }

    /** Whether capture knows the type; every other is refused. */
    public boolean isKnown() {
        return switch (base) {
            case "tinyint",
                    "smallint",
                    "mediumint",
                    "int",
                    "bigint",
                    "year",
                    "float",
                    "double",
                    "decimal",
                    "date",
                    "datetime",
                    "timestamp",
                    "time",
                    "bit",
                    "char",
                    "varchar",
                    "tinytext",
                    "text",
                    "mediumtext",
                    "longtext",
                    "enum",
                    "set",
                    "json",
                    "uuid",
                    "inet4",
                    "inet6",
                    "binary",
                    "varbinary",
                    "tinyblob",
                    "blob",
                    "mediumblob",
                    "longblob",
                    "vector" -> !sqlType.contains("/*");
            default -> GEOMETRIES.contains(base);
        };
    }

    public boolean isInteger() {
        return INTEGERS.contains(base);
    }

    boolean isGeometry() {
        return GEOMETRIES.contains(base);
    }

    /** Whether a column that the log describes so may be of this type: the log knows less than the catalog. */
    public boolean agreesWith(MariadbType logged) {
        if (sqlType.equals(logged.sqlType)) {
            return true;
        }
        return switch (base) {
            case "tinyint" -> sqlType.equals("tinyint(1)") && logged.sqlType.equals("tinyint");
            case "uuid", "inet6" -> logged.sqlType.equals("binary(16)");
            case "inet4" -> logged.sqlType.equals("binary(4)");
            case "vector" -> logged.base.equals("varbinary") || logged.base.equals("blob");
            default -> isGeometry() && logged.isGeometry();
        };
    }
}
