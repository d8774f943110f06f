package io.twinlog.capture.mariadb.value;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a snapshot reads a column: what to select, and how the bytes that the server sends become the text that {@link LoggedColumn}
 * makes of the same value. The session must not convert results ({@code character_set_results = NULL}). Immutable.
 */
public final class SelectedColumn {

    private static final byte[] ZERO = "0000-00-00".getBytes(StandardCharsets.US_ASCII);

    private final MariadbType type;
    private final String expression;
    private final CharacterSets.@Nullable TextForm text;

    /**
     * @param quoted the column's name for SQL
     * @param name for messages
     * @param characterSet of the column, or null where it has none
     * @param exactNumber makes of an expression of type DOUBLE one that prints all its digits
     */
    public SelectedColumn(
            MariadbType type,
            String quoted,
            String name,
            @Nullable String characterSet,
            CharacterSets sets,
            UnaryOperator<String> exactNumber) {
        this.type = type;
        this.text = characterSet == null ? null : sets.form(characterSet, name);
        this.expression = switch (type.base()) {
            // A number's text has six digits only where it is a FLOAT, and those of DOUBLE(m,d) are cut.
            case "float", "double" -> exactNumber.apply("CAST(" + quoted + " AS DOUBLE)");
            case "bit" -> "LPAD(BIN(" + quoted + " + 0), " + type.sqlType().replaceAll("\\D", "") + ", '0')";
            case "tinyint",
                    "smallint",
                    "mediumint",
                    "int",
                    "bigint",
                    "year",
                    "decimal",
                    "date",
                    "datetime",
                    "timestamp",
                    "time",
                    "uuid",
                    "inet4",
                    "inet6",
                    "json" -> "CAST(" + quoted + " AS CHAR)";
            // The driver is MariaDB's, and knows no such column of MySQL's.
            case "vector" -> "UNHEX(HEX(" + quoted + "))";
            default -> quoted;
        };
    }

    public String expression() {
        return expression;
    }

    /** Appends the text of a value. */
    public void append(byte[] value, TextBuffer out) {
        if (text != null) {
            text.append(out, value, 0, value.length);
            return;
        }
        switch (type.base()) {
            case "float" -> out.ascii(Float.toString((float) Double.parseDouble(ascii(value))));
            case "double" -> out.ascii(Double.toString(Double.parseDouble(ascii(value))));
            case "timestamp" -> {
                out.add(value, 0, value.length);
                if (!isZero(value)) {
                    out.ascii("+00");
                }
            }
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> unpadded(value, out);
            case "decimal" -> unpadded(value, out);
            case "date", "datetime", "time", "year", "bit", "uuid", "inet4", "inet6", "json" ->
                out.add(value, 0, value.length);
            default -> out.hex(value, 0, value.length, 0);
        }
    }

    private static String ascii(byte[] value) {
        return new String(value, StandardCharsets.US_ASCII);
    }

    private static boolean isZero(byte[] value) {
        for (int i = 0; i < ZERO.length; i++) {
            if (value[i] != ZERO[i]) {
                return false;
            }
        }
        return true;
    }

    /** Without the zeros of ZEROFILL. */
    private static void unpadded(byte[] value, TextBuffer out) {
        int from = 0;
        while (from < value.length - 1 && value[from] == '0' && value[from + 1] != '.') {
            from++;
        }
        out.add(value, from, value.length);
    }
}
