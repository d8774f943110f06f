package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.target.mariadb.MariadbType.Family;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether every value of a source column arrives unchanged in a target column, or is refused by it (invariant 6). Stateless. */
final class MariadbTypeFit {

    private static final List<String> INTEGERS = List.of("tinyint", "smallint", "mediumint", "int", "bigint");
    private static final List<String> TEXTS = List.of("tinytext", "text", "mediumtext", "longtext");
    private static final List<String> BLOBS = List.of("tinyblob", "blob", "mediumblob", "longblob");
    private static final Pattern NAME_AND_NUMBERS = Pattern.compile("^([a-z0-9 \"]+?)(?:\\(([0-9, ]+)\\)(.*))?$");

    private MariadbTypeFit() {}

    /** @param indexed whether the target column is in a unique index */
    static boolean fits(TableShape shape, ColumnShape source, MariadbColumn target, boolean indexed) {
        if (target.type().family() == Family.UNKNOWN) {
            return false;
        }
        return shape.connector().equals(TableShape.POSTGRESQL)
                ? fromPostgres(source, target.type(), indexed)
                : fromMariadb(source, MariadbType.parse(source.sqlType()), target.type());
    }

    /** The type that a column of the target should have; null if there is none that is exact. */
    static @org.jspecify.annotations.Nullable String wanted(ServerFlavor flavor, TableShape shape, ColumnShape source) {
        if (!shape.connector().equals(TableShape.POSTGRESQL)) {
            MariadbType type = MariadbType.parse(source.sqlType());
            return switch (type.family()) {
                case UNKNOWN -> null;
                case JSON -> flavor.hasJson() ? "json" : "longtext CHARACTER SET utf8mb4";
                case PLAIN -> flavor.uuid().equals("uuid") ? type.toString() : "varchar(45) CHARACTER SET ascii";
                default -> type.toString();
            };
        }
        int length = length(source);
        return switch (source.type()) {
            case BOOLEAN -> "tinyint(1)";
            case INT -> source.sqlType().startsWith("smallint") ? "smallint" : "int";
            case LONG -> "bigint";
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case DECIMAL ->
                source.precision() <= 65 && source.scale() <= 38
                        ? "decimal(" + source.precision() + "," + source.scale() + ")"
                        : null;
            case BYTES -> source.key() ? "varbinary(1000)" : "longblob";
            case DATE -> "date";
            case TIME -> "time(6)";
            case TIMESTAMP -> "timestamp(6) NULL";
            case LOCAL_TIMESTAMP -> "datetime(6)";
            case UUID -> flavor.uuid();
            case TEXT ->
                length > 0 && length <= 16_000
                        ? "varchar(" + length + ") CHARACTER SET utf8mb4"
                        : source.key()
                                ? "varchar(500) CHARACTER SET utf8mb4 COLLATE " + flavor.binaryCollation()
                                : "longtext CHARACTER SET utf8mb4";
        };
    }

    private static int length(ColumnShape source) {
        String type = source.sqlType().toLowerCase(Locale.ROOT).trim();
        Matcher matcher = NAME_AND_NUMBERS.matcher(type);
        if (source.type() != XlogType.TEXT || !matcher.matches()) {
            return 0;
        }
        boolean counted = switch (matcher.group(1).trim()) {
            case "character varying", "varchar", "character", "bpchar" -> matcher.group(2) != null;
            default -> false;
        };
        boolean array = type.endsWith("]");
        return counted && !array ? Integer.parseInt(matcher.group(2).trim()) : 0;
    }

    private static boolean fromPostgres(ColumnShape source, MariadbType to, boolean indexed) {
        return switch (source.type()) {
            case BOOLEAN -> to.name().equals("tinyint");
            case INT -> integer(to, source.sqlType().startsWith("smallint") ? "smallint" : "int") || whole(to, 10);
            case LONG -> integer(to, "bigint") || whole(to, 19);
            case FLOAT -> to.family() == Family.FLOAT && to.roundedTo() < 0;
            case DOUBLE -> to.family() == Family.DOUBLE && to.roundedTo() < 0;
            case DECIMAL ->
                to.family() == Family.DECIMAL
                        && !to.unsigned()
                        && to.scale() >= source.scale()
                        && to.number(10) - to.scale() >= source.precision() - source.scale();
            // Such a column has an index, which long types cannot have; a longer value is refused.
            case BYTES -> to.name().equals("longblob") || (indexed && to.name().equals("varbinary"));
            case DATE -> to.family() == Family.DATE;
            case TIME -> to.family() == Family.TIME && to.scale() >= precision(source);
            case TIMESTAMP -> to.family() == Family.TIMESTAMP && to.scale() >= precision(source);
            case LOCAL_TIMESTAMP -> to.family() == Family.DATETIME && to.scale() >= precision(source);
            case UUID -> to.name().equals("uuid") || (text(to) && to.number(0) >= 36);
            case TEXT -> textFromPostgres(source, to, indexed);
        };
    }

    private static boolean textFromPostgres(ColumnShape source, MariadbType to, boolean indexed) {
        if (to.name().equals("longtext")) {
            return true;
        }
        int length = length(source);
        String type = source.sqlType().toLowerCase(Locale.ROOT);
        if (type.startsWith("bit(") && !type.endsWith("]") && to.family() == Family.BIT) {
            return to.modifiers().equals(type.substring(4, type.length() - 1).trim());
        }
        if (length > 0) {
            boolean padded = type.startsWith("character(") || type.startsWith("bpchar(");
            return (padded || to.name().equals("varchar")) && text(to) && to.number(0) >= length;
        }
        return indexed && to.name().equals("varchar");
    }

    private static boolean text(MariadbType to) {
        return to.name().equals("varchar") || to.name().equals("char");
    }

    private static boolean integer(MariadbType to, String least) {
        return !to.unsigned() && INTEGERS.indexOf(to.name()) >= INTEGERS.indexOf(least);
    }

    private static boolean whole(MariadbType to, int digits) {
        return to.family() == Family.DECIMAL && !to.unsigned() && to.number(10) - to.scale() >= digits;
    }

    private static int precision(ColumnShape source) {
        int from = source.sqlType().indexOf('(');
        int to = source.sqlType().indexOf(')');
        return from < 0 || to < from
                ? 6
                : Integer.parseInt(source.sqlType().substring(from + 1, to).trim());
    }

    private static boolean fromMariadb(ColumnShape source, MariadbType from, MariadbType to) {
        if (from.equals(to)) {
            return from.family() != Family.UNKNOWN;
        }
        return switch (from.family()) {
            case INTEGER -> {
                if (to.family() == Family.DECIMAL) {
                    yield whole(to, 20);
                }
                int wider = INTEGERS.indexOf(to.name()) - INTEGERS.indexOf(from.name());
                yield to.family() == Family.INTEGER
                        && (from.unsigned() == to.unsigned() ? wider >= 0 : from.unsigned() && wider > 0);
            }
            case DECIMAL ->
                to.family() == Family.DECIMAL
                        && (from.unsigned() || !to.unsigned())
                        && to.scale() >= from.scale()
                        && to.number(10) - to.scale() >= from.number(10) - from.scale();
            case CHAR -> text(to) && to.number(1) >= from.number(1);
            case TEXT -> wideText(from, to);
            case BYTES ->
                (from.name().equals("varbinary") && to.name().equals("varbinary") && to.number(1) >= from.number(1))
                        || (from.name().endsWith("binary") && to.name().equals("longblob"))
                        || (BLOBS.contains(from.name()) && BLOBS.indexOf(to.name()) >= BLOBS.indexOf(from.name()));
            case DATETIME, TIMESTAMP, TIME -> to.family() == from.family() && to.scale() >= from.scale();
            case GEOMETRY -> to.name().equals("geometry");
            case JSON -> to.name().equals("longtext");
            case PLAIN -> text(to) && to.number(1) >= (from.name().equals("uuid") ? 36 : 45);
            // What the log tells of float(m,d) is float: a value that the target's column would round is parked.
            case FLOAT, DOUBLE -> to.family() == from.family() && (from.unsigned() || !to.unsigned());
            case YEAR, DATE, BIT, UNKNOWN -> false;
        };
    }

    private static boolean wideText(MariadbType from, MariadbType to) {
        if (from.name().equals("varchar")) {
            return (to.name().equals("varchar") && to.number(1) >= from.number(1))
                    || to.name().equals("longtext");
        }
        if (TEXTS.contains(from.name())) {
            return TEXTS.indexOf(to.name()) >= TEXTS.indexOf(from.name());
        }
        // A label of an enum or a list of them.
        return to.name().equals("longtext");
    }
}
