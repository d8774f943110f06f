package io.twinlog.connect.data;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Connect types of single values. Their semantic names are Debezium's, which sinks understand; each holds exactly what the Avro
 * type holds. Stateless.
 */
final class ConnectTypes {

    static final String PRECISION = "connect.decimal.precision";

    private static final String DATE = "io.debezium.time.Date";
    private static final String TIME = "io.debezium.time.MicroTime";
    private static final String LOCAL_TIMESTAMP = "io.debezium.time.MicroTimestamp";
    private static final String TIMESTAMP = "io.debezium.time.ZonedTimestamp";
    private static final String UUID = "io.debezium.data.Uuid";
    private static final Map<String, String> TEXT_NAMES =
            Map.of("json", "io.debezium.data.Json", "jsonb", "io.debezium.data.Json", "xml", "io.debezium.data.Xml");

    private ConnectTypes() {}

    /** @param sqlType the source's name of the type, or null where the value is no column's */
    static SchemaBuilder builder(org.apache.avro.Schema avro, @Nullable String sqlType) {
        LogicalType logical = avro.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return Decimal.builder(decimal.getScale()).parameter(PRECISION, Integer.toString(decimal.getPrecision()));
        }
        String name = logical == null ? "" : logical.getName();
        return switch (name) {
            case "date" -> SchemaBuilder.int32().name(DATE).version(1);
            case "time-micros" -> SchemaBuilder.int64().name(TIME).version(1);
            case "local-timestamp-micros" ->
                SchemaBuilder.int64().name(LOCAL_TIMESTAMP).version(1);
            case "timestamp-micros" -> SchemaBuilder.string().name(TIMESTAMP).version(1);
            case "uuid" -> SchemaBuilder.string().name(UUID).version(1);
            default -> plain(avro, sqlType);
        };
    }

    private static SchemaBuilder plain(org.apache.avro.Schema avro, @Nullable String sqlType) {
        return switch (avro.getType()) {
            case BOOLEAN -> SchemaBuilder.bool();
            case INT -> SchemaBuilder.int32();
            case LONG -> SchemaBuilder.int64();
            case FLOAT -> SchemaBuilder.float32();
            case DOUBLE -> SchemaBuilder.float64();
            case BYTES -> SchemaBuilder.bytes();
            case STRING -> {
                String name = sqlType == null ? null : TEXT_NAMES.get(sqlType.toLowerCase(Locale.ROOT));
                yield name == null
                        ? SchemaBuilder.string()
                        : SchemaBuilder.string().name(name).version(1);
            }
            default -> throw new DataException("No Connect type stands for the Avro type " + avro.getType());
        };
    }

    /** The column that a field of a row stands for. */
    static ColumnShape column(String name, String sqlType, boolean key, Schema schema) {
        String semantic = schema.name() == null ? "" : schema.name();
        Map<String, String> parameters = schema.parameters() == null ? Map.of() : schema.parameters();
        if (semantic.equals(Decimal.LOGICAL_NAME)) {
            return new ColumnShape(
                    name,
                    XlogType.DECIMAL,
                    sqlType,
                    Integer.parseInt(parameters.getOrDefault(PRECISION, "0")),
                    Integer.parseInt(parameters.getOrDefault(Decimal.SCALE_FIELD, "0")),
                    key);
        }
        XlogType type = switch (semantic) {
            case DATE -> XlogType.DATE;
            case TIME -> XlogType.TIME;
            case LOCAL_TIMESTAMP -> XlogType.LOCAL_TIMESTAMP;
            case TIMESTAMP -> XlogType.TIMESTAMP;
            case UUID -> XlogType.UUID;
            default -> plain(schema);
        };
        return new ColumnShape(name, type, sqlType, key);
    }

    private static XlogType plain(Schema schema) {
        return switch (schema.type()) {
            case BOOLEAN -> XlogType.BOOLEAN;
            case INT8, INT16, INT32 -> XlogType.INT;
            case INT64 -> XlogType.LONG;
            case FLOAT32 -> XlogType.FLOAT;
            case FLOAT64 -> XlogType.DOUBLE;
            case BYTES -> XlogType.BYTES;
            case STRING -> XlogType.TEXT;
            case ARRAY, MAP, STRUCT -> throw new DataException("No column has the Connect type " + schema.type());
        };
    }

    /** An Avro value, as a generic reader gives it, as a Connect value. */
    static Object toConnect(org.apache.avro.Schema avro, Object value) {
        LogicalType logical = avro.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal decimal) {
            return new BigDecimal(new BigInteger(bytes(value)), decimal.getScale());
        }
        if (logical instanceof LogicalTypes.TimestampMicros) {
            return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString();
        }
        return switch (avro.getType()) {
            case STRING -> value.toString();
            case BYTES -> bytes(value);
            default -> value;
        };
    }

    /** A Connect value as an Avro value for a generic writer. */
    static Object toAvro(org.apache.avro.Schema avro, Object value) {
        LogicalType logical = avro.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal) {
            return ByteBuffer.wrap(((BigDecimal) value).unscaledValue().toByteArray());
        }
        if (logical instanceof LogicalTypes.TimestampMicros && value instanceof String text) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(text));
        }
        return switch (avro.getType()) {
            case INT -> ((Number) value).intValue();
            case LONG -> ((Number) value).longValue();
            case BYTES -> ByteBuffer.wrap(bytes(value));
            default -> value;
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
