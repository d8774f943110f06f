package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.XlogType;

/** The types in which values are sent: the natural one of each xlog type, and text for everything. */
enum Parameter {
    BOOL("bool", PgType.BOOL),
    BYTEA("bytea", PgType.BYTEA),
    INT8("int8", PgType.INT8),
    INT4("int4", PgType.INT4),
    TEXT("text", PgType.TEXT),
    FLOAT4("float4", PgType.FLOAT4),
    FLOAT8("float8", PgType.FLOAT8),
    DATE("date", PgType.DATE),
    TIME("time", PgType.TIME),
    TIMESTAMP("timestamp", PgType.TIMESTAMP),
    TIMESTAMPTZ("timestamptz", PgType.TIMESTAMPTZ),
    NUMERIC("numeric", PgType.NUMERIC),
    UUID("uuid", PgType.UUID);

    private final String sqlName;
    private final int oid;

    Parameter(String sqlName, int oid) {
        this.sqlName = sqlName;
        this.oid = oid;
    }

    String sqlName() {
        return sqlName;
    }

    /** Oid of the element type. */
    int oid() {
        return oid;
    }

    static Parameter of(XlogType type) {
        return switch (type) {
            case BOOLEAN -> BOOL;
            case INT -> INT4;
            case LONG -> INT8;
            case FLOAT -> FLOAT4;
            case DOUBLE -> FLOAT8;
            case BYTES -> BYTEA;
            case TEXT -> TEXT;
            case UUID -> UUID;
            case DECIMAL -> NUMERIC;
            case DATE -> DATE;
            case TIME -> TIME;
            case TIMESTAMP -> TIMESTAMPTZ;
            case LOCAL_TIMESTAMP -> TIMESTAMP;
        };
    }
}
