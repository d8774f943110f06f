package io.twinlog.capture.postgres.value;

import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;

/** How the types of PostgreSQL travel. Stateless. */
public final class ColumnTypes {

    static final int BOOL = 16;
    static final int BYTEA = 17;
    static final int INT8 = 20;
    static final int INT2 = 21;
    static final int INT4 = 23;
    static final int OID = 26;
    static final int FLOAT4 = 700;
    static final int FLOAT8 = 701;
    static final int DATE = 1082;
    static final int TIME = 1083;
    static final int TIMESTAMP = 1114;
    static final int TIMESTAMPTZ = 1184;
    static final int NUMERIC = 1700;
    static final int UUID = 2950;

    private ColumnTypes() {}

    /** The shape of a column; everything unknown travels as exact text. */
    public static ColumnShape shape(String name, int typeOid, int typeModifier, String sqlType, boolean key) {
        if (typeOid == NUMERIC && typeModifier >= 0) {
            int precision = numericPrecision(typeModifier);
            int scale = numericScale(typeModifier);
            if (scale >= 0 && scale <= precision) {
                return new ColumnShape(name, XlogType.DECIMAL, sqlType, precision, scale, key);
            }
        }
        return new ColumnShape(name, typeOf(typeOid), sqlType, key);
    }

    private static XlogType typeOf(int typeOid) {
        return switch (typeOid) {
            case BOOL -> XlogType.BOOLEAN;
            case INT2, INT4 -> XlogType.INT;
            case INT8, OID -> XlogType.LONG;
            case FLOAT4 -> XlogType.FLOAT;
            case FLOAT8 -> XlogType.DOUBLE;
            case DATE -> XlogType.DATE;
            case TIME -> XlogType.TIME;
            case TIMESTAMP -> XlogType.LOCAL_TIMESTAMP;
            case TIMESTAMPTZ -> XlogType.TIMESTAMP;
            case UUID -> XlogType.UUID;
            case BYTEA -> XlogType.BYTES;
            default -> XlogType.TEXT;
        };
    }

    static int numericPrecision(int typeModifier) {
        return (typeModifier - 4) >> 16 & 0xFFFF;
    }

    /** From PostgreSQL 15 the scale is an 11-bit signed number; before it could only be 0 to 1000, which reads the same. */
    static int numericScale(int typeModifier) {
        return ((typeModifier - 4 & 0x7FF) ^ 1024) - 1024;
    }
}
