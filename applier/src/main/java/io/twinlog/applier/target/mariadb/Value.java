package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.target.ValueText;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values as MariaDB is told them. The server bends in silence what it could also refuse: digits behind the last one that a column keeps, spaces
 * beyond its length. So what a column cannot hold is refused here, with the server's number for it (invariant 6). Stateless.
 */
final class Value {

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern DATETIME =
            Pattern.compile("(\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})(?:\\.(\\d{1,6}))?(?:\\+00)?");
    private static final Pattern TIME = Pattern.compile("(-?\\d{2,3}:\\d{2}:\\d{2})(?:\\.(\\d{1,6}))?");
    private static final Pattern BITS = Pattern.compile("[01]{1,64}");

    private Value() {}

    /**
     * The form in which a column takes a value of an image.
     *
     * @param image null stands for SQL null
     * @return null, Long, BigDecimal, Float, Double, String or byte[]
     * @throws SQLException SQLSTATE class 22 if the column cannot hold it
     */
    static @Nullable Object of(MariadbColumn column, @Nullable RowImage image, int index) throws SQLException {
        if (image == null || image.isNull(index)) {
            return null;
        }
        TableShape shape = image.shape();
        ColumnShape source = shape.columns().get(index);
        if (image.text(index) != null || source.type() == XlogType.TEXT) {
            return ofText(column, source, Objects.requireNonNull(ValueText.of(image, index)), shape.connector());
        }
        Object value = Objects.requireNonNull(image.value(index));
        return switch (source.type()) {
            case BOOLEAN -> (Boolean) value ? 1L : 0L;
            case INT, LONG -> ((Number) value).longValue();
            case DECIMAL -> decimal(column, (BigDecimal) value);
            case FLOAT -> approximate(column, (Float) value);
            case DOUBLE -> approximate(column, (Double) value);
            case BYTES -> value;
            case DATE -> date((Integer) value, shape.connector(), column);
            case TIME -> seconds(column, time((Long) value));
            case TIMESTAMP, LOCAL_TIMESTAMP -> {
                long micros = (Long) value;
                yield seconds(
                        column,
                        date(Math.floorDiv(micros, MICROS_PER_DAY), shape.connector(), column) + " "
                                + time(Math.floorMod(micros, MICROS_PER_DAY)));
            }
            case UUID, TEXT -> value.toString();
        };
    }

    /**
     * The same of the exact text of a value, as {@link ValueText} writes it or the column's type reads it.
     *
     * @param connector whose values they are
     */
    static @Nullable Object ofText(MariadbColumn column, ColumnShape source, @Nullable String text, String connector)
            throws SQLException {
        if (text == null) {
            return null;
        }
        try {
            return switch (column.type().family()) {
                case INTEGER, YEAR ->
                    source.type() == XlogType.BOOLEAN && (text.equals("true") || text.equals("false"))
                            ? (text.equals("true") ? 1L : 0L)
                            : decimal(column, new BigDecimal(text));
                case DECIMAL -> decimal(column, new BigDecimal(text));
                case FLOAT -> approximate(column, Float.valueOf(text));
                case DOUBLE -> approximate(column, Double.valueOf(text));
                case CHAR -> text(column, text.replaceFirst(" +$", ""));
                case TEXT -> text(column, text);
                case BYTES, GEOMETRY -> bytes(text);
                case DATE -> matching(DATE, text);
                case DATETIME, TIMESTAMP ->
                    seconds(column, matching(DATETIME, text).replaceFirst("\\+00$", ""));
                case TIME -> seconds(column, matching(TIME, text));
                case BIT -> bits(column, text);
                case JSON -> {
                    if (!JsonFit.survives(text)) {
                        throw refused(column, 1265, null);
                    }
                    yield text;
                }
                case PLAIN -> text;
                case UNKNOWN -> throw new IllegalStateException("type " + column.type());
            };
        } catch (NumberFormatException e) {
            throw refused(column, 1366, e);
        } catch (IllegalArgumentException e) {
            throw refused(column, 1292, e);
        }
    }

    private static BigDecimal decimal(MariadbColumn column, BigDecimal value) throws SQLException {
        int scale = column.type().scale();
        if (value.scale() > scale && value.stripTrailingZeros().scale() > scale) {
            throw refused(column, 1265, null);
        }
        return value;
    }

    /** A number that a column {@code float(m,d)} would round is refused. */
    private static Number approximate(MariadbColumn column, Number value) throws SQLException {
        int digits = column.type().roundedTo();
        double number = value.doubleValue();
        if (digits < 0 || !Double.isFinite(number)) {
            return value;
        }
        // As the server does it: what is before the point stays as it is.
        double whole = Math.floor(number);
        double power = Math.pow(10, digits);
        double rounded = whole + Math.rint((number - whole) * power) / power;
        boolean kept = value instanceof Float single ? (float) rounded == single : rounded == number;
        if (!kept) {
            throw refused(column, 1265, null);
        }
        return value;
    }

    private static String text(MariadbColumn column, String value) throws SQLException {
        boolean counted = switch (column.type().name()) {
            case "char", "varchar" -> true;
            default -> false;
        };
        if (counted && value.codePointCount(0, value.length()) > column.type().number(1)) {
            throw refused(column, 1406, null);
        }
        return value;
    }

    private static byte[] bytes(String text) {
        if (!text.startsWith("\\x")) {
            throw new IllegalArgumentException("no bytes in hexadecimal digits");
        }
        return HexFormat.of().parseHex(text, 2, text.length());
    }

    private static BigDecimal bits(MariadbColumn column, String text) throws SQLException {
        if (!BITS.matcher(text).matches() || text.length() > column.type().number(1)) {
            throw refused(column, 1406, null);
        }
        return new BigDecimal(new BigInteger(text, 2));
    }

    private static String matching(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("not in the form of the type");
        }
        return text;
    }

    // PostgreSQL's year 0 is 1 BC; MariaDB's is a year that nobody knows.
    private static String date(long days, String connector, MariadbColumn column) throws SQLException {
        LocalDate date = LocalDate.ofEpochDay(days);
        int first = connector.equals(TableShape.POSTGRESQL) ? 1 : 0;
        if (date.getYear() < first || date.getYear() > 9999) {
            throw refused(column, 1292, null);
        }
        return pad(date.getYear(), 4) + "-" + pad(date.getMonthValue(), 2) + "-" + pad(date.getDayOfMonth(), 2);
    }

    private static String time(long micros) {
        long seconds = micros / 1_000_000;
        return pad(seconds / 3600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2) + "."
                + pad(micros % 1_000_000, 6);
    }

    private static String pad(long value, int width) {
        String digits = Long.toString(value);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    /** With just as many digits behind the second as the column has: so it prints them. */
    private static String seconds(MariadbColumn column, String text) throws SQLException {
        int scale = column.type().scale();
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        fraction = fraction + "0".repeat(6 - fraction.length());
        if (!fraction.substring(scale).replace("0", "").isEmpty()) {
            throw refused(column, 1292, null);
        }
        return scale == 0 ? whole : whole + "." + fraction.substring(0, scale);
    }

    private static SQLException refused(MariadbColumn column, int code, @Nullable Exception cause) {
        String state = code == 1406 ? "22001" : code == 1265 ? "22003" : "22007";
        return new SQLException("Column " + column.name() + " cannot hold the value", state, code, cause);
    }

    /**
     * The value that a statement writes. The server may put something else in the place of a null that the column does not hold: the present
     * time, the next number.
     *
     * @throws SQLException SQLSTATE class 22 or 23 if the column cannot hold it
     */
    static @Nullable Object written(MariadbColumn column, @Nullable RowImage image, int index) throws SQLException {
        Object value = of(column, image, index);
        if (value == null && column.required()) {
            throw new SQLException("Column " + column.name() + " cannot be null", "23000", 1048);
        }
        return value;
    }

    /** Sets a parameter. */
    static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.VARCHAR);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof BigDecimal number) {
            statement.setBigDecimal(index, number);
        } else if (value instanceof Float number) {
            statement.setFloat(index, number);
        } else if (value instanceof Double number) {
            statement.setDouble(index, number);
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else {
            statement.setString(index, (String) value);
        }
    }

    /** SQL that is true where the column holds just what {@link #expected} gives for its one parameter. */
    static String same(MariadbColumn column) {
        return switch (column.type().family()) {
            // Byte by byte: under its collation 'a' may equal 'A' and 'a '.
            case CHAR, TEXT -> "CAST(" + utf8(column) + " AS BINARY) <=> ?";
            // As printed, so that what is no date or time compares unequal instead of being an error.
            case DATE, DATETIME, TIMESTAMP, TIME -> "CAST(" + column.quoted() + " AS CHAR) <=> ?";
            case BIT -> column.quoted() + " + 0 <=> ?";
            // As a document, whose spaces and order do not count.
            case JSON -> column.quoted() + " <=> CAST(? AS JSON)";
            case INTEGER, YEAR, DECIMAL, FLOAT, DOUBLE, BYTES, GEOMETRY, PLAIN, UNKNOWN -> column.quoted() + " <=> ?";
        };
    }

    private static String utf8(MariadbColumn column) {
        return "utf8mb4".equals(column.charset()) ? column.quoted() : "CONVERT(" + column.quoted() + " USING utf8mb4)";
    }

    /** The parameter of {@link #same}; one that equals nothing for a value that the column cannot hold. */
    static @Nullable Object expected(MariadbColumn column, @Nullable RowImage image, int index) {
        try {
            return expected(column, of(column, image, index));
        } catch (SQLException e) {
            return nothing(column);
        }
    }

    static @Nullable Object expectedText(
            MariadbColumn column, ColumnShape source, @Nullable String text, String connector) {
        try {
            return expected(column, ofText(column, source, text, connector));
        } catch (SQLException e) {
            return nothing(column);
        }
    }

    private static @Nullable Object expected(MariadbColumn column, @Nullable Object value) {
        if (value instanceof String text
                && (column.type().family() == MariadbType.Family.TEXT
                        || column.type().family() == MariadbType.Family.CHAR)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        boolean finite = !(value instanceof Float number && !Float.isFinite(number))
                && !(value instanceof Double big && !Double.isFinite(big));
        return finite ? value : nothing(column);
    }

    private static Object nothing(MariadbColumn column) {
        return switch (column.type().family()) {
            // No text in UTF-8, no bytes of a geometry.
            case CHAR, TEXT, GEOMETRY -> new byte[] {(byte) 0xFF};
            case DATE, DATETIME, TIMESTAMP, TIME -> "nothing";
            case JSON -> "[\"nothing that a column holds\", \"twinlog\"]";
            // More than any decimal and any float has; the one double that has it is the last before infinity.
            case INTEGER, YEAR, DECIMAL, FLOAT, DOUBLE, BIT -> Double.MAX_VALUE;
            case BYTES, PLAIN, UNKNOWN -> throw new IllegalStateException(column.type() + " holds everything");
        };
    }

    /** SQL that finds rows by a key column, over its index; with {@link #keyParameters}. */
    static String isKey(MariadbColumn column) {
        return switch (column.type().family()) {
            case CHAR, TEXT -> equal(column) + " AND " + same(column);
            default -> equal(column);
        };
    }

    /** SQL that compares as a unique index of the column does. */
    static String equal(MariadbColumn column) {
        return switch (column.type().family()) {
            case CHAR, TEXT ->
                column.quoted() + " = CONVERT(? USING " + column.charset() + ") COLLATE " + column.collation();
            default -> column.quoted() + " = ?";
        };
    }

    /** Sets the parameters of {@link #isKey} and returns the next index. A key that the column cannot hold finds nothing. */
    static int bindKey(PreparedStatement statement, int from, MariadbColumn column, @Nullable RowImage image, int index)
            throws SQLException {
        Object value;
        try {
            value = of(column, image, index);
        } catch (SQLException e) {
            value = null;
        }
        bind(statement, from, value);
        return switch (column.type().family()) {
            case CHAR, TEXT -> {
                bind(statement, from + 1, value == null ? null : expected(column, value));
                yield from + 2;
            }
            default -> from + 1;
        };
    }

    /** SQL that shows the column as {@link ValueText} writes its values. */
    static String shown(ColumnShape source, MariadbColumn column) {
        String text = "CAST(" + column.quoted() + " AS CHAR)";
        String trimmed =
                column.type().scale() == 0 ? text : "TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM " + text + "))";
        return switch (column.type().family()) {
            case CHAR, TEXT -> utf8(column);
            case BYTES, GEOMETRY ->
                "CONCAT(CHAR(92 USING utf8mb4), 'x', LOWER(HEX(CAST(" + column.quoted() + " AS BINARY))))";
            case DATETIME, TIME -> trimmed;
            case TIMESTAMP -> "CONCAT(" + trimmed + ", '+00')";
            case BIT ->
                "LPAD(BIN(" + column.quoted() + " + 0), " + column.type().number(1) + ", '0')";
            case INTEGER ->
                source.type() == XlogType.BOOLEAN
                        ? "CASE " + column.quoted() + " WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE " + text + " END"
                        : text;
            case YEAR, DECIMAL, FLOAT, DOUBLE, DATE, JSON, PLAIN, UNKNOWN -> text;
        };
    }

    /** The digits of a time in microseconds since 1970, for a {@code datetime(6)} in UTC. */
    static String timestamp(long micros) {
        return LocalDate.ofEpochDay(Math.floorDiv(micros, MICROS_PER_DAY)) + " "
                + time(Math.floorMod(micros, MICROS_PER_DAY));
    }
}
