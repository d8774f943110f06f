package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether every value of a source column arrives unchanged in a target column (invariant 6). Stateless. */
final class TypeFit {

    private static final Pattern NAME_AND_MODIFIERS =
            Pattern.compile("^([^(\\[]+)(?:\\(([^)]*)\\)([^(\\[]*))?((?:\\[\\])*)$");
    private static final List<String> INTEGERS = List.of("smallint", "integer", "bigint");

    private TypeFit() {}

    private record Type(String name, String modifiers, String array) {

        static Type parse(String printed) {
            Matcher matcher = NAME_AND_MODIFIERS.matcher(printed.trim());
            if (!matcher.matches()) {
                return new Type(unqualified(printed), "", "");
            }
            String modifiers = matcher.group(2) == null ? "" : matcher.group(2).replace(" ", "");
            String tail = matcher.group(3) == null ? "" : matcher.group(3).trim();
            String name = unqualified(matcher.group(1).trim()) + (tail.isEmpty() ? "" : " " + tail);
            String array = matcher.group(4) == null ? "" : matcher.group(4);
            // The log names the array of a user's type by its own name: the element's with an underscore before it.
            return array.isEmpty() && name.length() > 1 && name.startsWith("_")
                    ? new Type(canonical(name.substring(1)), modifiers, "[]")
                    : new Type(canonical(name), modifiers, array);
        }

        // Whether a type outside pg_catalog is printed with its schema depends on the search path of who asks.
        private static String unqualified(String name) {
            boolean quoted = false;
            int from = 0;
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                if (c == '"') {
                    quoted = !quoted;
                } else if (c == '.' && !quoted) {
                    from = i + 1;
                }
            }
            String last = name.substring(from).trim();
            return last.startsWith("\"") ? last.replace("\"", "") : last;
        }

        private static String canonical(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "int", "int4", "serial" -> "integer";
                case "int8", "bigserial" -> "bigint";
                case "int2", "smallserial" -> "smallint";
                case "varchar" -> "character varying";
                case "bpchar", "char" -> name.equals("char") ? "char" : "character";
                case "bool" -> "boolean";
                case "float4" -> "real";
                case "float8" -> "double precision";
                case "decimal" -> "numeric";
                case "timestamp" -> "timestamp without time zone";
                case "timestamptz" -> "timestamp with time zone";
                case "time" -> "time without time zone";
                case "timetz" -> "time with time zone";
                case "varbit" -> "bit varying";
                default -> name;
            };
        }
    }

    static boolean fits(ColumnShape source, PostgresColumn target) {
        if (source.sqlType().equals(ColumnShape.UNKNOWN_TYPE)) {
            // The target's type reads the text, and refuses row by row what it cannot hold.
            return source.type() == XlogType.TEXT;
        }
        Type from = Type.parse(source.sqlType());
        Type to = Type.parse(target.formatted());
        if (from.equals(to) || isDomainOver(from, to, target)) {
            return true;
        }
        if (to.array().isEmpty() && to.modifiers().isEmpty() && isUnlimitedText(to) && source.type() == XlogType.TEXT) {
            return true;
        }
        if (!from.array().equals(to.array())) {
            return false;
        }
        if (!from.array().isEmpty()) {
            return from.name().equals(to.name())
                    && to.modifiers().isEmpty()
                    && !from.name().equals("bit");
        }
        return sameNameFits(from, to) || widens(source, from, to) || baseOfDomain(source, target, to);
    }

    // The log names a domain by its base type; what the domain demands, the assignment enforces.
    private static boolean isDomainOver(Type from, Type to, PostgresColumn target) {
        Type base = Type.parse(target.castName());
        return !to.name().equals(base.name()) && from.equals(base);
    }

    private static boolean isUnlimitedText(Type to) {
        return to.name().equals("text") || to.name().equals("character varying");
    }

    private static boolean sameNameFits(Type from, Type to) {
        if (!from.name().equals(to.name())) {
            return false;
        }
        return switch (from.name()) {
            case "numeric" -> to.modifiers().isEmpty() || (!from.modifiers().isEmpty() && numericFits(from, to));
            case "character varying", "bit varying" ->
                to.modifiers().isEmpty()
                        || (!from.modifiers().isEmpty() && number(from.modifiers()) <= number(to.modifiers()));
            case "timestamp without time zone",
                    "timestamp with time zone",
                    "time without time zone",
                    "time with time zone" -> precision(from) <= precision(to);
            case "interval" -> to.modifiers().isEmpty() && !from.modifiers().isEmpty();
            default -> false;
        };
    }

    private static boolean numericFits(Type from, Type to) {
        String[] f = from.modifiers().split(",");
        String[] t = to.modifiers().split(",");
        int fromScale = f.length > 1 ? number(f[1]) : 0;
        int toScale = t.length > 1 ? number(t[1]) : 0;
        return toScale >= fromScale && number(t[0]) - toScale >= number(f[0]) - fromScale;
    }

    private static int precision(Type type) {
        return type.modifiers().isEmpty() ? 6 : number(type.modifiers());
    }

    private static int number(String text) {
        return Integer.parseInt(text.trim());
    }

    private static boolean widens(ColumnShape source, Type from, Type to) {
        int integer = INTEGERS.indexOf(from.name());
        if (integer >= 0) {
            return INTEGERS.indexOf(to.name()) > integer
                    || (to.name().equals("numeric") && to.modifiers().isEmpty());
        }
        return source.type() == XlogType.TEXT
                && to.name().equals("character varying")
                && from.name().equals("character")
                && !to.modifiers().isEmpty()
                && number(from.modifiers().isEmpty() ? "1" : from.modifiers()) <= number(to.modifiers());
    }

    // The source's type is a domain or a type of another vendor: the form in which its values travel decides.
    private static boolean baseOfDomain(ColumnShape source, PostgresColumn target, Type to) {
        boolean sourceIsDomainLike = !Type.parse(source.sqlType()).name().equals(to.name()) && !isBuiltIn(source);
        if (!sourceIsDomainLike || !to.modifiers().isEmpty()) {
            return false;
        }
        return switch (source.type()) {
            case BOOLEAN -> target.baseOid() == PgType.BOOL;
            case INT -> target.baseOid() == PgType.INT4 || target.baseOid() == PgType.INT8;
            case LONG -> target.baseOid() == PgType.INT8;
            case FLOAT -> target.baseOid() == PgType.FLOAT4;
            case DOUBLE -> target.baseOid() == PgType.FLOAT8;
            case BYTES -> target.baseOid() == PgType.BYTEA;
            case UUID -> target.baseOid() == PgType.UUID;
            case DECIMAL -> target.baseOid() == PgType.NUMERIC;
            case DATE -> target.baseOid() == PgType.DATE;
            case TIME -> target.baseOid() == PgType.TIME;
            case TIMESTAMP -> target.baseOid() == PgType.TIMESTAMPTZ;
            case LOCAL_TIMESTAMP -> target.baseOid() == PgType.TIMESTAMP;
            case TEXT -> false;
        };
    }

    private static boolean isBuiltIn(ColumnShape source) {
        String name = Type.parse(source.sqlType()).name();
        return switch (name) {
            case "smallint",
                    "integer",
                    "bigint",
                    "numeric",
                    "real",
                    "double precision",
                    "boolean",
                    "text",
                    "character varying",
                    "character",
                    "bytea",
                    "date",
                    "uuid",
                    "oid",
                    "timestamp without time zone",
                    "timestamp with time zone",
                    "time without time zone",
                    "time with time zone",
                    "interval" -> true;
            default -> false;
        };
    }
}
