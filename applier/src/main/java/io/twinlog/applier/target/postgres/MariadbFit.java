package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which columns of PostgreSQL hold every value of MariaDB's types (docs/types-mariadb.md). What a single value cannot be there, such as a
 * zero date, is parked when it comes. Stateless.
 */
final class MariadbFit {

    private static final Pattern TYPE =
            Pattern.compile("([a-z0-9 ]+?)(?:\\(([^)]*)\\))?( without time zone| with time zone)?");
    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

    private MariadbFit() {}

    /** Whether the names of types are MariaDB's or MySQL's. */
    static boolean speaks(TableShape shape) {
        return !shape.connector().equals(TableShape.POSTGRESQL);
    }

    private record Type(String name, String modifiers) {

        static Type of(String printed) {
            Matcher matcher = TYPE.matcher(printed);
            if (!matcher.matches()) {
                return new Type(printed, "");
            }
            String zone = matcher.group(3) == null ? "" : matcher.group(3);
            return new Type(
                    matcher.group(1) + zone,
                    matcher.group(2) == null ? "" : matcher.group(2).replace(" ", ""));
        }

        boolean isUnlimited() {
            return modifiers.isEmpty();
        }

        int length() {
            return Integer.parseInt(modifiers);
        }
    }

    static boolean fits(ColumnShape source, PostgresColumn target) {
        Type to = Type.of(target.formatted());
        if (to.name().equals("boolean")) {
            // Another number than 0 and 1 is refused when it comes.
            return source.sqlType().equals("tinyint(1)") || source.sqlType().equals("bit(1)");
        }
        boolean anyText = to.name().equals("text") || to.name().equals("character varying") && to.isUnlimited();
        return switch (source.type()) {
            case INT, LONG -> {
                int least = INTEGERS.indexOf(natural(source));
                yield INTEGERS.indexOf(to.name()) >= least || to.name().equals("numeric") && to.isUnlimited();
            }
            case DECIMAL -> to.name().equals("numeric") && (to.isUnlimited() || numericFits(source, to));
            case FLOAT -> to.name().equals("real");
            case DOUBLE -> to.name().equals("double precision");
            case BYTES -> to.name().equals("bytea");
            case UUID -> to.name().equals("uuid") || anyText;
            case DATE -> to.name().equals("date");
            case TIMESTAMP -> to.name().equals("timestamp with time zone") && fractionFits(source, to);
            case LOCAL_TIMESTAMP -> to.name().equals("timestamp without time zone") && fractionFits(source, to);
            case TIME ->
                to.name().equals("time without time zone") && fractionFits(source, to)
                        || to.name().equals("interval") && to.isUnlimited();
            // A label that the target does not have is refused when it comes.
            case TEXT ->
                anyText
                        || textFits(source.sqlType(), to)
                        || (target.labelled() && source.sqlType().startsWith("enum("));
            case BOOLEAN -> false;
        };
    }

    private static boolean numericFits(ColumnShape source, Type to) {
        String[] modifiers = to.modifiers().split(",", -1);
        int precision = Integer.parseInt(modifiers[0]);
        int scale = modifiers.length > 1 ? Integer.parseInt(modifiers[1]) : 0;
        return scale >= source.scale() && precision - scale >= source.precision() - source.scale();
    }

    private static boolean fractionFits(ColumnShape source, Type to) {
        Type from = Type.of(source.sqlType());
        return to.isUnlimited() || to.length() >= (from.isUnlimited() ? 0 : from.length());
    }

    private static boolean textFits(String sqlType, Type to) {
        Type from = Type.of(sqlType);
        return switch (from.name()) {
            case "inet4", "inet6" -> to.name().equals("inet");
            // It keeps the text as it is; jsonb would bring it into another form.
            case "tinytext", "text", "mediumtext", "longtext", "json" ->
                to.name().equals("json");
            case "varchar" -> to.name().equals("character varying") && to.length() >= from.length();
            case "char" ->
                (to.name().equals("character varying") || to.name().equals("character"))
                        && (to.isUnlimited() ? 1 : to.length()) >= from.length();
            case "bit" ->
                to.name().equals("bit varying") && (to.isUnlimited() || to.length() >= from.length())
                        || to.name().equals("bit") && (to.isUnlimited() ? 1 : to.length()) == from.length();
            default -> false;
        };
    }

    /** The type of PostgreSQL that holds the column best, for statements that people run. */
    static String natural(ColumnShape source) {
        Type from = Type.of(source.sqlType());
        return switch (source.type()) {
            case INT ->
                switch (source.sqlType()) {
                    case "tinyint", "tinyint(1)", "tinyint unsigned", "smallint", "year" -> "smallint";
                    default -> "integer";
                };
            case LONG -> "bigint";
            case DECIMAL -> "numeric(" + source.precision() + "," + source.scale() + ")";
            case FLOAT -> "real";
            case DOUBLE -> "double precision";
            case BYTES -> "bytea";
            case UUID -> "uuid";
            case DATE -> "date";
            case TIMESTAMP -> fraction("timestamp", from) + " with time zone";
            case LOCAL_TIMESTAMP -> fraction("timestamp", from);
            case TIME -> fraction("time", from);
            case BOOLEAN -> "boolean";
            case TEXT ->
                switch (from.name()) {
                    case "varchar", "char" -> "character varying(" + from.modifiers() + ")";
                    case "bit" -> "bit(" + from.modifiers() + ")";
                    case "inet4", "inet6" -> "inet";
                    default -> "text";
                };
        };
    }

    private static String fraction(String name, Type from) {
        return name + "(" + (from.isUnlimited() ? "0" : from.modifiers()) + ")";
    }

    /** The type to name in a statement, whatever the source. */
    static String typeFor(TableShape shape, ColumnShape column) {
        return speaks(shape) ? natural(column) : column.sqlType();
    }

    static boolean fits(TableShape shape, ColumnShape column, PostgresColumn target) {
        if (!speaks(shape) || column.sqlType().equals(ColumnShape.UNKNOWN_TYPE)) {
            return TypeFit.fits(column, target);
        }
        return fits(column, target);
    }
}
