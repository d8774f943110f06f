package io.twinlog.connect.sink.debezium;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroOutput;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * One column of Debezium's: as which xlog type it travels on, and how its values are encoded. Where Debezium's type is not one of
 * Avro's exact ones, the value goes on as the text from which PostgreSQL makes the same value. Immutable.
 */
final class DebeziumValue {

    private static final String UNAVAILABLE = "__debezium_unavailable_value";
    private static final byte[] UNAVAILABLE_BYTES = UNAVAILABLE.getBytes(StandardCharsets.UTF_8);
    /** How Debezium writes infinite timestamps, in microseconds. */
    private static final long POSITIVE_INFINITY = 9_223_372_036_825_200_000L;

    private static final long NEGATIVE_INFINITY = -9_223_372_036_832_400_000L;
    private static final int INFINITE_DATE = Integer.MAX_VALUE;
    /** PostgreSQL's own infinite days, moved from its epoch to 1970 by 32-bit numbers that overflow; no date of its comes near. */
    private static final int OVERFLOWN_INFINITY = Integer.MAX_VALUE + 10_957;

    private static final int OVERFLOWN_NEGATIVE_INFINITY = Integer.MIN_VALUE + 10_957;

    private static final Pattern SIGNED_YEAR = Pattern.compile("([+-]\\d+|0000)(-.*)");

    private final ColumnShape shape;
    private final Schema schema;

    DebeziumValue(String name, Schema schema, boolean key) {
        this.schema = schema;
        Map<String, String> parameters = schema.parameters() == null ? Map.of() : schema.parameters();
        String sqlType = sqlType(schema);
        XlogType type = type(name, schema);
        if (type == XlogType.DECIMAL) {
            String precision = parameters.get("connect.decimal.precision");
            int scale = Integer.parseInt(parameters.getOrDefault(Decimal.SCALE_FIELD, "0"));
            this.shape = precision == null
                    ? new ColumnShape(name, XlogType.TEXT, sqlType, key)
                    : new ColumnShape(
                            name,
                            type,
                            "numeric(" + precision + "," + scale + ")",
                            Integer.parseInt(precision),
                            scale,
                            key);
        } else {
            this.shape = new ColumnShape(name, type, sqlType, key);
        }
    }

    ColumnShape shape() {
        return shape;
    }

    private static XlogType type(String name, Schema schema) {
        String semantic = schema.name() == null ? "" : schema.name();
        return switch (semantic) {
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> XlogType.DATE;
            case "io.debezium.time.Time",
                    "io.debezium.time.MicroTime",
                    "io.debezium.time.NanoTime",
                    "org.apache.kafka.connect.data.Time" -> XlogType.TIME;
            case "io.debezium.time.Timestamp",
                    "io.debezium.time.MicroTimestamp",
                    "io.debezium.time.NanoTimestamp",
                    "org.apache.kafka.connect.data.Timestamp" -> XlogType.LOCAL_TIMESTAMP;
            case "io.debezium.data.Uuid" -> XlogType.UUID;
            case Decimal.LOGICAL_NAME -> XlogType.DECIMAL;
            case "io.debezium.data.VariableScaleDecimal" -> XlogType.TEXT;
            case "io.debezium.data.Bits" -> {
                if (bitLength(schema) < 0 || bitLength(schema) == Integer.MAX_VALUE) {
                    throw cannotBeApplied(name, "bit varying, of which Debezium does not tell how long a value is");
                }
                yield XlogType.TEXT;
            }
            case "io.debezium.time.MicroDuration" ->
                throw new DataException(
                        "Column " + name + " is an interval in microseconds, in which Debezium counts a month"
                                + " as 30 days and more. Set interval.handling.mode=string at the source.");
            default -> plain(name, schema);
        };
    }

    private static XlogType plain(String name, Schema schema) {
        return switch (schema.type()) {
            case BOOLEAN -> XlogType.BOOLEAN;
            case INT8, INT16, INT32 -> XlogType.INT;
            case INT64 -> XlogType.LONG;
            case FLOAT32 -> XlogType.FLOAT;
            case FLOAT64 -> XlogType.DOUBLE;
            case BYTES -> XlogType.BYTES;
            case STRING, ARRAY -> XlogType.TEXT;
            case MAP, STRUCT ->
                throw cannotBeApplied(name, String.valueOf(schema.name() == null ? schema.type() : schema.name()));
        };
    }

    private static DataException cannotBeApplied(String name, String type) {
        return new DataException("Column " + name + " has Debezium's type " + type
                + ", which cannot be applied. Leave the column out at the source (column.exclude.list).");
    }

    /** PostgreSQL's type that holds every value of Debezium's, as far as one is known. */
    private static String sqlType(Schema schema) {
        String semantic = schema.name() == null ? "" : schema.name();
        return switch (semantic) {
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date" -> "date";
            case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time" -> "time(3) without time zone";
            case "io.debezium.time.MicroTime", "io.debezium.time.NanoTime" -> "time without time zone";
            case "io.debezium.time.Timestamp", "org.apache.kafka.connect.data.Timestamp" ->
                "timestamp(3) without time zone";
            case "io.debezium.time.MicroTimestamp", "io.debezium.time.NanoTimestamp" -> "timestamp without time zone";
            case "io.debezium.time.ZonedTimestamp" -> "timestamp with time zone";
            case "io.debezium.time.ZonedTime" -> "time with time zone";
            case "io.debezium.time.MicroDuration", "io.debezium.time.Interval" -> "interval";
            case "io.debezium.data.Uuid" -> "uuid";
            case "io.debezium.data.VariableScaleDecimal", Decimal.LOGICAL_NAME -> "numeric";
            default ->
                switch (schema.type()) {
                    case BOOLEAN -> "boolean";
                    case INT8, INT16 -> "smallint";
                    case INT32 -> "integer";
                    case INT64 -> "bigint";
                    case FLOAT32 -> "real";
                    case FLOAT64 -> "double precision";
                    case BYTES -> semantic.isEmpty() ? "bytea" : ColumnShape.UNKNOWN_TYPE;
                    case STRING, ARRAY, MAP, STRUCT -> ColumnShape.UNKNOWN_TYPE;
                };
        };
    }

    /** Whether Debezium says that the log left the value out. */
    boolean isUnavailable(@Nullable Object value) {
        if (value instanceof String text) {
            return text.equals(UNAVAILABLE);
        }
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            return Arrays.equals(bytes(value), UNAVAILABLE_BYTES);
        }
        return value instanceof List<?> list && list.size() == 1 && isUnavailable(list.get(0));
    }

    /** The text of a value that its xlog type cannot hold; null for all others. */
    @Nullable
    String exactText(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (shape.type() == XlogType.LOCAL_TIMESTAMP && value instanceof Long number) {
            return number == POSITIVE_INFINITY ? "infinity" : number == NEGATIVE_INFINITY ? "-infinity" : null;
        }
        if (shape.type() == XlogType.DATE && value instanceof Integer number) {
            return switch (number) {
                case INFINITE_DATE, OVERFLOWN_INFINITY -> "infinity";
                case -INFINITE_DATE - 1, OVERFLOWN_NEGATIVE_INFINITY -> "-infinity";
                default -> null;
            };
        }
        return null;
    }

    /** Writes a value as its xlog type. */
    void encode(AvroOutput out, Object value) {
        switch (shape.type()) {
            case BOOLEAN -> out.writeBoolean((Boolean) value);
            case INT, LONG -> out.writeLong(((Number) value).longValue());
            case FLOAT -> out.writeFloat(((Number) value).floatValue());
            case DOUBLE -> out.writeDouble(((Number) value).doubleValue());
            case BYTES -> out.writeBytes(bytes(value));
            case UUID -> out.writeString(value.toString());
            case DECIMAL ->
                out.writeBytes(((BigDecimal) value)
                        .setScale(shape.scale())
                        .unscaledValue()
                        .toByteArray());
            case DATE ->
                out.writeLong(
                        value instanceof java.util.Date date
                                ? Math.floorDiv(date.getTime(), 86_400_000L)
                                : ((Number) value).longValue());
            case TIME, LOCAL_TIMESTAMP, TIMESTAMP -> out.writeLong(micros(value));
            case TEXT -> out.writeString(text(schema, value));
        }
    }

    private long micros(Object value) {
        if (value instanceof java.util.Date date) {
            return Math.multiplyExact(date.getTime(), 1000L);
        }
        long number = ((Number) value).longValue();
        String semantic = String.valueOf(schema.name());
        if (semantic.contains(".Nano")) {
            return Math.floorDiv(number, 1000L);
        }
        return semantic.contains(".Micro") ? number : Math.multiplyExact(number, 1000L);
    }

    /** The text from which PostgreSQL reads the value. */
    static String text(Schema schema, Object value) {
        String semantic = schema.name() == null ? "" : schema.name();
        return switch (semantic) {
            case "io.debezium.data.VariableScaleDecimal" -> {
                Struct struct = (Struct) value;
                yield new BigDecimal(new BigInteger(bytes(struct.get("value"))), struct.getInt32("scale"))
                        .toPlainString();
            }
            case Decimal.LOGICAL_NAME -> ((BigDecimal) value).toPlainString();
            case "io.debezium.data.Bits" -> bits(schema, bytes(value));
            case "io.debezium.time.ZonedTimestamp" -> zoned(value.toString());
            default ->
                schema.type() == Schema.Type.ARRAY
                        ? array(schema.valueSchema(), (List<?>) value)
                        : value instanceof byte[] || value instanceof ByteBuffer
                                ? "\\x" + java.util.HexFormat.of().formatHex(bytes(value))
                                : value.toString();
        };
    }

    /** ISO 8601 has a year 0 and signs where PostgreSQL writes BC; everything else is PostgreSQL's already. */
    private static String zoned(String iso) {
        Matcher signed = SIGNED_YEAR.matcher(iso);
        if (!signed.matches()) {
            return iso;
        }
        int year = Integer.parseInt(signed.group(1));
        return year > 0 ? year + signed.group(2) : String.format("%04d%s BC", 1 - year, signed.group(2));
    }

    private static int bitLength(Schema schema) {
        String length = schema.parameters() == null ? null : schema.parameters().get("length");
        return length == null ? -1 : Integer.parseInt(length);
    }

    // Debezium gives the lowest eight bits first.
    private static String bits(Schema schema, byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - 1 - i] = littleEndian[i];
        }
        String digits = new BigInteger(1, bigEndian).toString(2);
        int wanted = bitLength(schema);
        return "0".repeat(Math.max(0, wanted - digits.length())) + digits;
    }

    /** PostgreSQL's array literal: PostgreSQL manual, "Array Input and Output Syntax". */
    private static String array(Schema elementSchema, List<?> elements) {
        StringBuilder out = new StringBuilder("{");
        for (Object element : elements) {
            if (out.length() > 1) {
                out.append(',');
            }
            if (element == null) {
                out.append("NULL");
            } else if (element instanceof List<?> inner) {
                out.append(array(elementSchema.valueSchema(), inner));
            } else {
                out.append('"')
                        .append(elementText(elementSchema, element)
                                .replace("\\", "\\\\")
                                .replace("\"", "\\\""))
                        .append('"');
            }
        }
        return out.append('}').toString();
    }

    private static String elementText(Schema schema, Object element) {
        DebeziumValue value = new DebeziumValue("element", schema, false);
        String exact = value.exactText(element);
        if (exact != null) {
            return exact;
        }
        return switch (value.shape.type()) {
            case DATE ->
                java.time.LocalDate.ofEpochDay(((Number) element).longValue()).toString();
            case TIME ->
                java.time.LocalTime.ofNanoOfDay(value.micros(element) * 1000).toString();
            case LOCAL_TIMESTAMP -> {
                long micros = value.micros(element);
                yield java.time.LocalDateTime.ofEpochSecond(
                                Math.floorDiv(micros, 1_000_000L),
                                (int) Math.floorMod(micros, 1_000_000L) * 1000,
                                java.time.ZoneOffset.UTC)
                        .toString();
            }
            default -> text(schema, element);
        };
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] array) {
            return array;
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }
}
