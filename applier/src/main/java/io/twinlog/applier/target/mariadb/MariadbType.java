package io.twinlog.applier.target.mariadb;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A type as MariaDB prints it, without what only concerns how it is shown. Immutable.
 *
 * @param name of the type alone, such as {@code bigint}
 * @param modifiers what stands in brackets, such as {@code 12,2}; empty where nothing does
 * @param unsigned whether it is a number without sign
 */
record MariadbType(String name, String modifiers, boolean unsigned) {

    private static final Pattern PRINTED =
            Pattern.compile("^([a-z0-9 ]+?)\\s*(?:\\((.*)\\))?\\s*((?:unsigned|zerofill|signed| )*)$", Pattern.DOTALL);

    /** How values of a type are sent and compared. */
    enum Family {
        INTEGER,
        YEAR,
        DECIMAL,
        FLOAT,
        DOUBLE,
        /** Padded with spaces that do not count. */
        CHAR,
        TEXT,
        BYTES,
        GEOMETRY,
        DATE,
        DATETIME,
        TIMESTAMP,
        TIME,
        BIT,
        /** A type of MySQL; of MariaDB it is a long text. */
        JSON,
        /** Sent as text, compared by its own rules: uuid, inet. */
        PLAIN,
        UNKNOWN
    }

    /** From information_schema's COLUMN_TYPE, or from a source's name of a type in that form. */
    static MariadbType parse(String printed) {
        int bracket = printed.indexOf('(');
        String head = bracket < 0 ? printed : printed.substring(0, bracket);
        String lower = head.toLowerCase(Locale.ROOT) + (bracket < 0 ? "" : printed.substring(bracket));
        String tail = lower.substring(lower.lastIndexOf(')') + 1).toLowerCase(Locale.ROOT);
        if (bracket >= 0) {
            lower = lower.substring(0, lower.lastIndexOf(')') + 1) + tail;
        }
        Matcher matcher = PRINTED.matcher(lower.trim());
        if (!matcher.matches()) {
            return new MariadbType(printed, "", false);
        }
        String name = canonical(matcher.group(1)
                .replace(" unsigned", "")
                .replace(" zerofill", "")
                .trim());
        boolean unsigned = tail.contains("unsigned") || tail.contains("zerofill");
        String modifiers = matcher.group(2) == null ? "" : matcher.group(2);
        boolean width = switch (name) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year", "float", "double" -> true;
            default -> false;
        };
        // float(7,4) rounds what it stores; its modifiers are more than a width.
        boolean dropped = width && !(modifiers.contains(","));
        return new MariadbType(name, dropped ? "" : modifiers, unsigned);
    }

    private static String canonical(String name) {
        return switch (name) {
            case "integer" -> "int";
            case "numeric", "dec", "fixed" -> "decimal";
            case "double precision", "real" -> "double";
            case "boolean", "bool" -> "tinyint";
            case "geomcollection" -> "geometrycollection";
            default -> name;
        };
    }

    Family family() {
        return switch (name) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> Family.INTEGER;
            case "year" -> Family.YEAR;
            case "decimal" -> Family.DECIMAL;
            case "float" -> Family.FLOAT;
            case "double" -> Family.DOUBLE;
            case "char" -> Family.CHAR;
            case "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> Family.TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> Family.BYTES;
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geometrycollection" -> Family.GEOMETRY;
            case "date" -> Family.DATE;
            case "datetime" -> Family.DATETIME;
            case "timestamp" -> Family.TIMESTAMP;
            case "time" -> Family.TIME;
            case "bit" -> Family.BIT;
            case "json" -> Family.JSON;
            case "uuid", "inet4", "inet6" -> Family.PLAIN;
            default -> Family.UNKNOWN;
        };
    }

    /** The first number in brackets, or what holds without one. */
    int number(int otherwise) {
        String first = modifiers.split(",", 2)[0].trim();
        return first.isEmpty() ? otherwise : Integer.parseInt(first);
    }

    /** Digits behind the point, of a decimal or of seconds. */
    int scale() {
        return switch (family()) {
            case DECIMAL -> modifiers.contains(",") ? Integer.parseInt(modifiers.split(",")[1].trim()) : 0;
            case DATETIME, TIMESTAMP, TIME -> number(0);
            default -> 0;
        };
    }

    /** Digits behind the point to which {@code float(m,d)} and {@code double(m,d)} round what they store; -1: nothing is rounded. */
    int roundedTo() {
        boolean approximate = family() == Family.FLOAT || family() == Family.DOUBLE;
        return approximate && modifiers.contains(",") ? Integer.parseInt(modifiers.split(",")[1].trim()) : -1;
    }

    @Override
    public String toString() {
        return name + (modifiers.isEmpty() ? "" : "(" + modifiers + ")") + (unsigned ? " unsigned" : "");
    }
}
