package io.twinlog.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * A type with its odd values. Immutable.
 *
 * @param declared as a column is defined
 * @param sqlType in the schema
 * @param values of each its SQL and what travels; marked with an exclamation mark what travels as exact text
 */
record TypeCase(String declared, String sqlType, List<String[]> values) {

    /** All of MariaDB's. */
    static final List<TypeCase> MARIADB = List.of(
            of("tinyint", "tinyint", "-128", "-128", "127", "127"),
            of("tinyint(1)", "tinyint(1)", "1", "1", "0", "0", "-5", "-5"),
            of("tinyint unsigned", "tinyint unsigned", "255", "255"),
            of("smallint", "smallint", "-32768", "-32768"),
            of("smallint unsigned", "smallint unsigned", "65535", "65535"),
            of("mediumint", "mediumint", "-8388608", "-8388608", "8388607", "8388607"),
            of("mediumint unsigned", "mediumint unsigned", "16777215", "16777215"),
            of("int(11)", "int", "-2147483648", "-2147483648"),
            of("int unsigned", "int unsigned", "4294967295", "4294967295"),
            of("int(7) zerofill", "int unsigned", "42", "42", "0", "0"),
            of("bigint", "bigint", "-9223372036854775808", "-9223372036854775808"),
            of("bigint unsigned", "bigint unsigned", "18446744073709551615", "18446744073709551615", "0", "0"),
            of("decimal(12,2)", "decimal(12,2)", "-0.01", "-0.01", "1234567890.12", "1234567890.12", "0", "0.00"),
            of("decimal(5,0) unsigned", "decimal(5,0) unsigned", "99999", "99999"),
            of(
                    "decimal(65,30)",
                    "decimal(65,30)",
                    "-12345678901234567890123456789012345.000000000000000000000000000001",
                    "-12345678901234567890123456789012345.000000000000000000000000000001",
                    "0.1",
                    "0.100000000000000000000000000000"),
            of("decimal(9,9)", "decimal(9,9)", "0.000000001", "0.000000001", "-0.999999999", "-0.999999999"),
            of("float", "float", "0.1", "0.1", "3.4028234e38", "3.4028235E38", "-16777217", "-1.6777216E7"),
            of("float(7,2)", "float", "12345.67", "12345.67"),
            of(
                    "double",
                    "double",
                    "0.1e0+0.2e0",
                    "0.30000000000000004",
                    "-1.7976931348623157e308",
                    "-1.7976931348623157E308"),
            of("double(10,2)", "double", "0.1", "0.1"),
            of("bit(1)", "bit(1)", "b'1'", "1", "b'0'", "0"),
            of("bit(5)", "bit(5)", "b'00101'", "00101"),
            of(
                    "bit(64)",
                    "bit(64)",
                    "b'1000000000000000000000000000000000000000000000000000000000000011'",
                    "1000000000000000000000000000000000000000000000000000000000000011",
                    "b'0'",
                    "0".repeat(64)),
            of("year", "year", "2024", "2024", "1901", "1901", "0", "0"),
            of("date", "date", "'2024-02-29'", "2024-02-29", "'9999-12-31'", "9999-12-31"),
            of(
                    "date",
                    "date",
                    "'0000-00-00'",
                    "!0000-00-00",
                    "'2024-00-15'",
                    "!2024-00-15",
                    "'1000-01-01'",
                    "1000-01-01"),
            of(
                    "datetime",
                    "datetime",
                    "'2024-02-29 23:59:59'",
                    "2024-02-29 23:59:59",
                    "'0000-00-00'",
                    "!0000-00-00 00:00:00"),
            of(
                    "datetime(6)",
                    "datetime(6)",
                    "'1000-01-01 00:00:00.000001'",
                    "1000-01-01 00:00:00.000001",
                    "'2024-02-00 10:00:00'",
                    "!2024-02-00 10:00:00.000000"),
            of("datetime(3)", "datetime(3)", "'2024-02-29 23:59:59.987'", "2024-02-29 23:59:59.987"),
            of(
                    "timestamp",
                    "timestamp",
                    "'2024-02-29 23:59:59'",
                    "2024-02-29 23:59:59",
                    "'0000-00-00'",
                    "!0000-00-00 00:00:00"),
            of(
                    "timestamp(6)",
                    "timestamp(6)",
                    "'1970-01-01 00:00:01.5'",
                    "1970-01-01 00:00:01.5",
                    "'2038-01-19 03:14:07.999999'",
                    "2038-01-19 03:14:07.999999",
                    "0",
                    "!0000-00-00 00:00:00.000000"),
            of("timestamp(1)", "timestamp(1)", "'2024-02-29 23:59:59.7'", "2024-02-29 23:59:59.7"),
            of("time", "time", "'23:59:59'", "23:59:59", "'838:59:59'", "!838:59:59", "'-00:00:01'", "!-00:00:01"),
            of(
                    "time(6)",
                    "time(6)",
                    "'23:59:59.999999'",
                    "23:59:59.999999",
                    "'-838:59:59'",
                    "!-838:59:59.000000",
                    "'-00:00:00.000001'",
                    "!-00:00:00.000001",
                    "'24:00:00'",
                    "!24:00:00.000000"),
            of("time(3)", "time(3)", "'-10:00:00.250'", "!-10:00:00.250", "'10:00:00.250'", "10:00:00.25"),
            of("char(3)", "char(3)", "'ab '", "ab", "''", ""),
            of("char(200)", "char(200)", "'ü'", "ü"),
            of("varchar(20)", "varchar(20)", "'ü😀 '", "ü😀 ", "''", ""),
            of("varchar(300)", "varchar(300)", "repeat('x', 300)", "x".repeat(300)),
            of("varchar(20) character set latin1", "varchar(20)", "'€äÿ'", "€äÿ", "_latin1 x'81'", "\u0081"),
            of("char(4) character set latin2", "char(4)", "'łŁ'", "łŁ"),
            of("varchar(9) character set cp1251", "varchar(9)", "'Ж'", "Ж"),
            of("varchar(9) character set ucs2", "varchar(9)", "'Жü'", "Жü"),
            of("varchar(9) character set utf16", "varchar(9)", "'😀'", "😀"),
            of("text character set utf32", "text", "'😀'", "😀"),
            of("varchar(9) collate uca1400_ai_ci", "varchar(9)", "'é'", "é"),
            of("tinytext", "tinytext", "'a\\0b\\n'", "a\0b\n"),
            of("text", "text", "''", "", "'x'", "x"),
            of("mediumtext", "mediumtext", "'m'", "m"),
            of("longtext", "longtext", "repeat('ü', 70000)", "ü".repeat(70000)),
            of("json", "longtext", "'{\"a\": [1, 2.50]}'", "{\"a\": [1, 2.50]}"),
            of("binary(4)", "binary(4)", "x'ff'", "\\xff000000", "x'00000000'", "\\x00000000"),
            of("binary(16)", "binary(16)", "x'0100'", "\\x0100" + "0".repeat(28)),
            of("varbinary(20)", "varbinary(20)", "x'ff00'", "\\xff00", "''", "\\x"),
            of("tinyblob", "tinyblob", "x'00'", "\\x00"),
            of("blob", "blob", "x'deadbeef00'", "\\xdeadbeef00"),
            of("mediumblob", "mediumblob", "''", "\\x"),
            of("longblob", "longblob", "x'01'", "\\x01"),
            of("enum('a','it''s','Ü')", "enum('a','it''s','Ü')", "'it''s'", "it's", "'Ü'", "Ü", "'nonsense'", ""),
            of("enum('ß','b') character set latin1", "enum('ß','b')", "'ß'", "ß"),
            of("set('x','y','z')", "set('x','y','z')", "'x,z'", "x,z", "''", "", "'y'", "y"),
            of(
                    "uuid",
                    "uuid",
                    "'123e4567-e89b-12d3-a456-426655440000'",
                    "123e4567-e89b-12d3-a456-426655440000",
                    "'00000000-e89b-12d3-a456-426655440100'",
                    "00000000-e89b-12d3-a456-426655440100",
                    "'123e4567-e89b-12d3-a456-426655440001'",
                    "123e4567-e89b-12d3-a456-426655440001",
                    "'550e8400-e29b-41d4-a716-446655440000'",
                    "550e8400-e29b-41d4-a716-446655440000",
                    "'017f22e2-79b0-7cc3-98c4-dc0c0c07398f'",
                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                    "'00000000-0000-0000-0000-000000000000'",
                    "00000000-0000-0000-0000-000000000000"),
            of("inet4", "inet4", "'10.0.0.0'", "10.0.0.0", "'255.1.2.3'", "255.1.2.3"),
            of(
                    "inet6",
                    "inet6",
                    "'2001:db8::'",
                    "2001:db8::",
                    "'::'",
                    "::",
                    "'::1.2.3.4'",
                    "::1.2.3.4",
                    "'::ffff:1.2.3.0'",
                    "::ffff:1.2.3.0"),
            of(
                    "point",
                    "point",
                    "ST_GeomFromText('POINT(1 2)', 4326)",
                    "\\xe61000000101000000000000000000f03f0000000000000040"),
            of("geometry", "geometry", "ST_GeomFromText('POINT(0 0)')", "\\x000000000101000000" + "0".repeat(32)));

    /** @param sqlAndText of each value, in turn */
    static TypeCase of(String declared, String sqlType, String... sqlAndText) {
        List<String[]> values = new ArrayList<>();
        for (int i = 0; i < sqlAndText.length; i += 2) {
            values.add(new String[] {sqlAndText[i], sqlAndText[i + 1]});
        }
        return new TypeCase(declared, sqlType, List.copyOf(values));
    }
}
