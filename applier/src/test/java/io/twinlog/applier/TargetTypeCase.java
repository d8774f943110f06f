package io.twinlog.applier;

import io.twinlog.applier.xlog.Exact;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A type with values as they travel and what the target must print. Immutable. */
record TargetTypeCase(ColumnShape shape, String targetType, List<Object> values, List<String> texts) {

    private static final byte[] POINT = HexFormat.of().parseHex("000000000101000000000000000000F03F0000000000000040");

    /** Types of MariaDB, at a column of the same type. */
    static final List<TargetTypeCase> MARIADB = List.of(
            of("tinyint(1)", XlogType.INT, 1, "1", -128, "-128"),
            of("tinyint unsigned", XlogType.INT, 255, "255", 0, "0"),
            of("smallint", XlogType.INT, -32768, "-32768"),
            of("mediumint unsigned", XlogType.INT, 16777215, "16777215"),
            of("int", XlogType.INT, Integer.MIN_VALUE, "-2147483648"),
            of("int unsigned", XlogType.LONG, 4294967295L, "4294967295"),
            of("bigint", XlogType.LONG, Long.MIN_VALUE, "-9223372036854775808"),
            to(
                    "bigint unsigned",
                    "bigint unsigned",
                    XlogType.DECIMAL,
                    20,
                    0,
                    "18446744073709551615",
                    "18446744073709551615"),
            to("decimal(12,2)", "decimal(12,2)", XlogType.DECIMAL, 12, 2, "-9999999999.99", "-9999999999.99"),
            to(
                    "decimal(65,30)",
                    "decimal(65,30)",
                    XlogType.DECIMAL,
                    65,
                    30,
                    "0." + "0".repeat(29) + "1",
                    "0." + "0".repeat(29) + "1"),
            of("float", XlogType.FLOAT, 1.1f, "1.1", -0.0f, "-0", Float.MIN_VALUE, "1.4013e-45"),
            to("float", "float(7,2)", XlogType.FLOAT, 0, 0, 12345.67f, "12345.67", -0.1f, "-0.10"),
            to("double", "double(20,3)", XlogType.DOUBLE, 0, 0, 1234567890123.125, "1234567890123.125", 0.1, "0.100"),
            of("double", XlogType.DOUBLE, 0.1, "0.1", 1e300, "1e300"),
            of(
                    "date",
                    XlogType.DATE,
                    0,
                    "1970-01-01",
                    new Exact("0000-00-00"),
                    "0000-00-00",
                    new Exact("2024-00-15"),
                    "2024-00-15"),
            of(
                    "datetime(6)",
                    XlogType.LOCAL_TIMESTAMP,
                    -1L,
                    "1969-12-31 23:59:59.999999",
                    new Exact("0000-00-00 00:00:00.000000"),
                    "0000-00-00 00:00:00.000000"),
            of("datetime", XlogType.LOCAL_TIMESTAMP, 1_000_000L, "1970-01-01 00:00:01"),
            of(
                    "timestamp(3)",
                    XlogType.TIMESTAMP,
                    1_700_000_000_123_000L,
                    "2023-11-14 22:13:20.123",
                    new Exact("0000-00-00 00:00:00.000"),
                    "0000-00-00 00:00:00.000"),
            of(
                    "time(6)",
                    XlogType.TIME,
                    1L,
                    "00:00:00.000001",
                    new Exact("-838:59:59.000000"),
                    "-838:59:59.000000",
                    new Exact("24:00:00.000000"),
                    "24:00:00.000000"),
            of("year", XlogType.INT, 0, "0000", 1901, "1901", 2155, "2155"),
            of("bit(5)", XlogType.TEXT, "10101", "21", "00000", "0"),
            of("bit(64)", XlogType.TEXT, "1".repeat(64), "18446744073709551615"),
            text("char(5)", "ab", "ä"),
            text("varchar(20)", "a  ", "", "\uD83D\uDE00"),
            text("tinytext", "x"),
            text("longtext", "a\u0000b'\"\\", "b".repeat(100_000)),
            text("enum('a','b c','1')", "b c", "1"),
            text("set('x','y','z')", "x,z", ""),
            text("json", "{\"b\": 1,  \"a\": 2}"),
            text("inet4", "10.0.0.1"),
            text("inet6", "2001:db8::1"),
            of("uuid", XlogType.UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a00", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a00"),
            of("binary(4)", XlogType.BYTES, new byte[] {1, 0, 0, 0}, "01000000"),
            of("varbinary(20)", XlogType.BYTES, new byte[] {0, -1, 32}, "00FF20", new byte[0], ""),
            of("longblob", XlogType.BYTES, new byte[] {39, 92, 0}, "275C00"),
            of("geometry", XlogType.BYTES, POINT, HexFormat.of().withUpperCase().formatHex(POINT)));

    /** Types of PostgreSQL, at columns of MariaDB that hold them. */
    static final List<TargetTypeCase> POSTGRESQL = List.of(
            to("boolean", "tinyint(1)", XlogType.BOOLEAN, 0, 0, true, "1", false, "0"),
            to("smallint", "smallint", XlogType.INT, 0, 0, -32768, "-32768"),
            to("integer", "bigint", XlogType.INT, 0, 0, Integer.MAX_VALUE, "2147483647"),
            to("bigint", "bigint", XlogType.LONG, 0, 0, Long.MIN_VALUE, "-9223372036854775808"),
            to("real", "float", XlogType.FLOAT, 0, 0, 1.5f, "1.5"),
            to("double precision", "double", XlogType.DOUBLE, 0, 0, 0.1, "0.1"),
            to("numeric(12,2)", "decimal(14,4)", XlogType.DECIMAL, 12, 2, "1.10", "1.1000"),
            to("numeric", "longtext", XlogType.TEXT, 0, 0, "NaN", "NaN", "1.10", "1.10"),
            to("bytea", "longblob", XlogType.BYTES, 0, 0, new byte[] {0, 1}, "0001"),
            to("date", "date", XlogType.DATE, 0, 0, 19_000, "2022-01-08"),
            to(
                    "time without time zone",
                    "time(6)",
                    XlogType.TIME,
                    0,
                    0,
                    1L,
                    "00:00:00.000001",
                    new Exact("24:00:00"),
                    "24:00:00.000000"),
            to(
                    "timestamp(3) without time zone",
                    "datetime(3)",
                    XlogType.LOCAL_TIMESTAMP,
                    0,
                    0,
                    1_500_000L,
                    "1970-01-01 00:00:01.500"),
            to(
                    "timestamp with time zone",
                    "timestamp(6) NULL",
                    XlogType.TIMESTAMP,
                    0,
                    0,
                    1_700_000_000_123_456L,
                    "2023-11-14 22:13:20.123456"),
            to(
                    "uuid",
                    "char(36)",
                    XlogType.UUID,
                    0,
                    0,
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            to("character(5)", "char(5)", XlogType.TEXT, 0, 0, "ab   ", "ab"),
            to("character varying(5)", "varchar(7)", XlogType.TEXT, 0, 0, "ab   ", "ab   "),
            to("jsonb", "json", XlogType.TEXT, 0, 0, "{\"a\": 1.10}", "{\"a\": 1.10}"),
            to("bit(3)", "bit(3)", XlogType.TEXT, 0, 0, "101", "5"),
            to("integer[]", "longtext", XlogType.TEXT, 0, 0, "{1,NULL}", "{1,NULL}"));

    static TargetTypeCase of(String type, XlogType travels, Object... pairs) {
        return to(type, type, travels, 0, 0, pairs);
    }

    static TargetTypeCase to(
            String type, String targetType, XlogType travels, int precision, int scale, Object... pairs) {
        List<Object> values = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.add(pairs[i]);
            texts.add((String) pairs[i + 1]);
        }
        return new TargetTypeCase(
                new ColumnShape("", travels, type, precision, scale, false), targetType, values, texts);
    }

    static TargetTypeCase text(String type, String... texts) {
        Object[] pairs = new Object[texts.length * 2];
        for (int i = 0; i < texts.length; i++) {
            pairs[2 * i] = texts[i];
            pairs[2 * i + 1] = texts[i];
        }
        return of(type, XlogType.TEXT, pairs);
    }
}
