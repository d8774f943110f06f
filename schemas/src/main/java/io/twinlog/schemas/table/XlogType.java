package io.twinlog.schemas.table;

import org.apache.avro.Schema;

/**
 * How a column's values travel: the Avro types that hold them exactly, and {@link #TEXT} for all others.
 *
 * <p>A single value that its type cannot hold ({@code infinity}, {@code NaN}, 24:00:00) travels as exact text beside the
 * row; see {@link io.twinlog.schemas.event.EnvelopeLayout}.
 */
public enum XlogType {
    BOOLEAN(Schema.Type.BOOLEAN, null),
    INT(Schema.Type.INT, null),
    LONG(Schema.Type.LONG, null),
    FLOAT(Schema.Type.FLOAT, null),
    DOUBLE(Schema.Type.DOUBLE, null),
    BYTES(Schema.Type.BYTES, null),
    /** Exact text: character types, and every type that no other member holds exactly. */
    TEXT(Schema.Type.STRING, null),
    UUID(Schema.Type.STRING, "uuid"),
    /** Unscaled two's complement, big-endian; precision and scale are the column's. */
    DECIMAL(Schema.Type.BYTES, "decimal"),
    /** Days since 1970-01-01. */
    DATE(Schema.Type.INT, "date"),
    /** Microseconds since midnight. */
    TIME(Schema.Type.LONG, "time-micros"),
    /** Microseconds since 1970-01-01T00:00Z: an instant. */
    TIMESTAMP(Schema.Type.LONG, "timestamp-micros"),
    /** Microseconds since 1970-01-01T00:00 on the clock of no zone. */
    LOCAL_TIMESTAMP(Schema.Type.LONG, "local-timestamp-micros");

    private final Schema.Type avroType;
    private final @org.jspecify.annotations.Nullable String logicalType;

    XlogType(Schema.Type avroType, @org.jspecify.annotations.Nullable String logicalType) {
        this.avroType = avroType;
        this.logicalType = logicalType;
    }

    public Schema.Type avroType() {
        return avroType;
    }

    public @org.jspecify.annotations.Nullable String logicalType() {
        return logicalType;
    }

    /** Whether this type holds every value of a key column; others are keyed by their exact text. */
    public boolean holdsEveryValue() {
        return switch (this) {
            case BOOLEAN, INT, LONG, BYTES, TEXT, UUID -> true;
            case FLOAT, DOUBLE, DECIMAL, DATE, TIME, TIMESTAMP, LOCAL_TIMESTAMP -> false;
        };
    }
}
