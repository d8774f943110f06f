package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every type of MariaDB, with its odd values, arrives the same by snapshot and by stream (invariant 6). */
class MariadbTypesIT {

    /** Type, sqlType in the schema, and per value its SQL and what travels. */
    record Case(String declared, String sqlType, List<String[]> values) {}

    private static final DateTimeFormatter CLOCK = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .toFormatter();
    private static final DateTimeFormatter DATE_AND_CLOCK = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd ")
            .append(CLOCK)
            .toFormatter();
    private static final List<Case> CASES = new ArrayList<>();

    private static void type(String declared, String sqlType, String... sqlAndText) {
        CASES.add(of(declared, sqlType, sqlAndText));
    }

    static Case of(String declared, String sqlType, String... sqlAndText) {
        List<String[]> values = new ArrayList<>();
        for (int i = 0; i < sqlAndText.length; i += 2) {
            values.add(new String[] {sqlAndText[i], sqlAndText[i + 1]});
        }
        return new Case(declared, sqlType, values);
    }

    MariadbBed source() {
        return MariadbBed.create(Servers.mariadb());
    }

    List<Case> cases() {
        return CASES;
    }

    String connector() {
        return "mariadb";
    }

    static {
        type("tinyint", "tinyint", "-128", "-128", "127", "127");
        type("tinyint(1)", "tinyint(1)", "1", "1", "0", "0", "-5", "-5");
        type("tinyint unsigned", "tinyint unsigned", "255", "255");
        type("smallint", "smallint", "-32768", "-32768");
        type("smallint unsigned", "smallint unsigned", "65535", "65535");
        type("mediumint", "mediumint", "-8388608", "-8388608", "8388607", "8388607");
        type("mediumint unsigned", "mediumint unsigned", "16777215", "16777215");
        type("int(11)", "int", "-2147483648", "-2147483648");
        type("int unsigned", "int unsigned", "4294967295", "4294967295");
        type("int(7) zerofill", "int unsigned", "42", "42", "0", "0");
        type("bigint", "bigint", "-9223372036854775808", "-9223372036854775808");
        type("bigint unsigned", "bigint unsigned", "18446744073709551615", "18446744073709551615", "0", "0");
        type("decimal(12,2)", "decimal(12,2)", "-0.01", "-0.01", "1234567890.12", "1234567890.12", "0", "0.00");
        type("decimal(5,0) unsigned", "decimal(5,0) unsigned", "99999", "99999");
        type(
                "decimal(65,30)",
                "decimal(65,30)",
                "-12345678901234567890123456789012345.000000000000000000000000000001",
                "-12345678901234567890123456789012345.000000000000000000000000000001",
                "0.1",
                "0.100000000000000000000000000000");
        type("decimal(9,9)", "decimal(9,9)", "0.000000001", "0.000000001", "-0.999999999", "-0.999999999");
        type("float", "float", "0.1", "0.1", "3.4028234e38", "3.4028235E38", "-16777217", "-1.6777216E7");
        type("float(7,2)", "float", "12345.67", "12345.67");
        type(
                "double",
                "double",
                "0.1e0+0.2e0",
                "0.30000000000000004",
                "-1.7976931348623157e308",
                "-1.7976931348623157E308");
        type("double(10,2)", "double", "0.1", "0.1");
        type("bit(1)", "bit(1)", "b'1'", "1", "b'0'", "0");
        type("bit(5)", "bit(5)", "b'00101'", "00101");
        type(
                "bit(64)",
                "bit(64)",
                "b'1000000000000000000000000000000000000000000000000000000000000011'",
                "1000000000000000000000000000000000000000000000000000000000000011",
                "b'0'",
                "0".repeat(64));
        type("year", "year", "2024", "2024", "1901", "1901", "0", "0");
        type("date", "date", "'2024-02-29'", "2024-02-29", "'9999-12-31'", "9999-12-31");
        type(
                "date",
                "date",
                "'0000-00-00'",
                "!0000-00-00",
                "'2024-00-15'",
                "!2024-00-15",
                "'1000-01-01'",
                "1000-01-01");
        type(
                "datetime",
                "datetime",
                "'2024-02-29 23:59:59'",
                "2024-02-29 23:59:59",
                "'0000-00-00'",
                "!0000-00-00 00:00:00");
        type(
                "datetime(6)",
                "datetime(6)",
                "'1000-01-01 00:00:00.000001'",
                "1000-01-01 00:00:00.000001",
                "'2024-02-00 10:00:00'",
                "!2024-02-00 10:00:00.000000");
        type("datetime(3)", "datetime(3)", "'2024-02-29 23:59:59.987'", "2024-02-29 23:59:59.987");
        type(
                "timestamp",
                "timestamp",
                "'2024-02-29 23:59:59'",
                "2024-02-29 23:59:59",
                "'0000-00-00'",
                "!0000-00-00 00:00:00");
        type(
                "timestamp(6)",
                "timestamp(6)",
                "'1970-01-01 00:00:01.5'",
                "1970-01-01 00:00:01.5",
                "'2038-01-19 03:14:07.999999'",
                "2038-01-19 03:14:07.999999",
                "0",
                "!0000-00-00 00:00:00.000000");
        type("timestamp(1)", "timestamp(1)", "'2024-02-29 23:59:59.7'", "2024-02-29 23:59:59.7");
        type("time", "time", "'23:59:59'", "23:59:59", "'838:59:59'", "!838:59:59", "'-00:00:01'", "!-00:00:01");
        type(
                "time(6)",
                "time(6)",
                "'23:59:59.999999'",
                "23:59:59.999999",
                "'-838:59:59'",
                "!-838:59:59.000000",
                "'-00:00:00.000001'",
                "!-00:00:00.000001",
                "'24:00:00'",
                "!24:00:00.000000");
        type("time(3)", "time(3)", "'-10:00:00.250'", "!-10:00:00.250", "'10:00:00.250'", "10:00:00.25");
        type("char(3)", "char(3)", "'ab '", "ab", "''", "");
        type("char(200)", "char(200)", "'ü'", "ü");
        type("varchar(20)", "varchar(20)", "'ü😀 '", "ü😀 ", "''", "");
        type("varchar(300)", "varchar(300)", "repeat('x', 300)", "x".repeat(300));
        type("varchar(20) character set latin1", "varchar(20)", "'€äÿ'", "€äÿ", "_latin1 x'81'", "\u0081");
        type("char(4) character set latin2", "char(4)", "'łŁ'", "łŁ");
        type("varchar(9) character set cp1251", "varchar(9)", "'Ж'", "Ж");
        type("varchar(9) character set ucs2", "varchar(9)", "'Жü'", "Жü");
        type("varchar(9) character set utf16", "varchar(9)", "'😀'", "😀");
        type("text character set utf32", "text", "'😀'", "😀");
        type("varchar(9) collate uca1400_ai_ci", "varchar(9)", "'é'", "é");
        type("tinytext", "tinytext", "'a\\0b\\n'", "a\0b\n");
        type("text", "text", "''", "", "'x'", "x");
        type("mediumtext", "mediumtext", "'m'", "m");
        type("longtext", "longtext", "repeat('ü', 70000)", "ü".repeat(70000));
        type("json", "longtext", "'{\"a\": [1, 2.50]}'", "{\"a\": [1, 2.50]}");
        type("binary(4)", "binary(4)", "x'ff'", "\\xff000000", "x'00000000'", "\\x00000000");
        type("binary(16)", "binary(16)", "x'0100'", "\\x0100" + "0".repeat(28));
        type("varbinary(20)", "varbinary(20)", "x'ff00'", "\\xff00", "''", "\\x");
        type("tinyblob", "tinyblob", "x'00'", "\\x00");
        type("blob", "blob", "x'deadbeef00'", "\\xdeadbeef00");
        type("mediumblob", "mediumblob", "''", "\\x");
        type("longblob", "longblob", "x'01'", "\\x01");
        type("enum('a','it''s','Ü')", "enum('a','it''s','Ü')", "'it''s'", "it's", "'Ü'", "Ü", "'nonsense'", "");
        type("enum('ß','b') character set latin1", "enum('ß','b')", "'ß'", "ß");
        type("set('x','y','z')", "set('x','y','z')", "'x,z'", "x,z", "''", "", "'y'", "y");
        type(
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
                "00000000-0000-0000-0000-000000000000");
        type("inet4", "inet4", "'10.0.0.0'", "10.0.0.0", "'255.1.2.3'", "255.1.2.3");
        type(
                "inet6",
                "inet6",
                "'2001:db8::'",
                "2001:db8::",
                "'::'",
                "::",
                "'::1.2.3.4'",
                "::1.2.3.4",
                "'::ffff:1.2.3.0'",
                "::ffff:1.2.3.0");
        type(
                "point",
                "point",
                "ST_GeomFromText('POINT(1 2)', 4326)",
                "\\xe61000000101000000000000000000f03f0000000000000040");
        type("geometry", "geometry", "ST_GeomFromText('POINT(0 0)')", "\\x000000000101000000" + "0".repeat(32));
    }

    /** What the log says of kinds of columns goes by their order, so there are several orders. */
    @Test
    void every_value_is_the_same_by_snapshot_and_by_stream() {
        MariadbBed source = source();
        int most = cases().stream().mapToInt(c -> c.values().size()).max().orElseThrow();
        List<List<Case>> orders = new ArrayList<>();
        for (int order = 0; order < 4; order++) {
            List<Case> cases = new ArrayList<>(cases());
            Collections.shuffle(cases, new Random(order));
            // A few columns have a default character set and exceptions, many have a list.
            orders.add(order < 2 ? cases : cases.subList(0, 12));
            StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
            for (int i = 0; i < orders.get(order).size(); i++) {
                columns.append(", c")
                        .append(i)
                        .append(' ')
                        .append(cases.get(i).declared())
                        .append(" NULL");
            }
            String more = ", v int AS (id + 1) VIRTUAL, s int AS (id + 2) STORED, i int INVISIBLE DEFAULT 7";
            source.sql("CREATE TABLE t" + order + " (" + columns + more + ")");
            insertAll(source, "t" + order, orders.get(order), most, 0);
        }
        try (CaptureRun capture = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
            capture.awaitStreaming();
            for (int order = 0; order < orders.size(); order++) {
                String table = "t" + order;
                insertAll(source, table, orders.get(order), most, 1000);
                source.sql(
                        "UPDATE " + table + " SET i = 8 WHERE id >= 1000",
                        "DELETE FROM " + table + " WHERE id >= 1000");
            }
            Xlog xlog = source.awaitAll();
            for (int order = 0; order < orders.size(); order++) {
                check(xlog, "t" + order, orders.get(order), most);
            }
        }
    }

    private void check(Xlog xlog, String table, List<Case> cases, int most) {
        Map<String, Map<String, @Nullable String>> snapshot = byId(xlog, table, Operation.SNAPSHOT);
        Map<String, Map<String, @Nullable String>> stream = byId(xlog, table, Operation.INSERT);
        Map<String, Map<String, @Nullable String>> deleted = byId(xlog, table, Operation.DELETE);
        assertThat(snapshot).hasSize(most + 1);
        for (int row = 0; row <= most; row++) {
            Map<String, @Nullable String> read = Objects.requireNonNull(snapshot.get("" + row));
            Map<String, @Nullable String> inserted = Objects.requireNonNull(stream.get("" + (1000 + row)));
            Map<String, @Nullable String> before = Objects.requireNonNull(deleted.get("" + (1000 + row)));
            for (int i = 0; i < cases.size(); i++) {
                List<String[]> values = cases.get(i).values();
                String expected = row >= values.size() ? null : values.get(row)[1];
                String what = cases.get(i).declared() + " row " + row + " of " + table;
                assertThat(read.get("c" + i)).as("snapshot " + what).isEqualTo(expected);
                assertThat(inserted.get("c" + i)).as("stream " + what).isEqualTo(expected);
                assertThat(before.get("c" + i)).as("before " + what).isEqualTo(expected);
            }
            assertThat(read).containsEntry("v", "" + (row + 1)).containsEntry("i", "7");
            assertThat(before)
                    .containsEntry("v", "" + (1001 + row))
                    .containsEntry("s", "" + (1002 + row))
                    .containsEntry("i", "8");
        }
        TableShape read = events(xlog, table, Operation.SNAPSHOT).get(0).shape();
        assertThat(read.connector()).isEqualTo(connector());
        for (int i = 0; i < cases.size(); i++) {
            assertThat(read.columns().get(i + 1).sqlType())
                    .isEqualTo(cases.get(i).sqlType());
        }
        assertThat(events(xlog, table, Operation.INSERT).get(0).shape()).isEqualTo(read);
    }

    private static List<DataEvent> events(Xlog xlog, String table, Operation operation) {
        return xlog.events(operation).stream()
                .filter(event -> event.shape().table().equals(table))
                .toList();
    }

    private static void insertAll(MariadbBed source, String table, List<Case> cases, int most, int firstId) {
        for (int row = 0; row <= most; row++) {
            StringBuilder names = new StringBuilder("id");
            StringBuilder sql = new StringBuilder("" + (firstId + row));
            for (int i = 0; i < cases.size(); i++) {
                List<String[]> values = cases.get(i).values();
                if (row < values.size()) {
                    names.append(", c").append(i);
                    sql.append(", ").append(values.get(row)[0]);
                }
            }
            source.sql(
                    "SET sql_mode = ''",
                    "SET time_zone = '+00:00'",
                    "INSERT INTO " + table + " (" + names + ") VALUES (" + sql + ")");
        }
    }

    /** Rows by id; what travels beside its column as exact text is marked with an exclamation mark. */
    private static Map<String, Map<String, @Nullable String>> byId(Xlog xlog, String table, Operation operation) {
        Map<String, Map<String, @Nullable String>> rows = new LinkedHashMap<>();
        for (DataEvent event : events(xlog, table, operation)) {
            RowImage image = Objects.requireNonNull(operation == Operation.DELETE ? event.before() : event.after());
            Map<String, @Nullable String> row = new LinkedHashMap<>();
            List<ColumnShape> columns = image.shape().columns();
            for (int i = 0; i < columns.size(); i++) {
                row.put(columns.get(i).name(), text(image, i, columns.get(i)));
            }
            rows.put(Objects.requireNonNull(row.get("id")), row);
        }
        return rows;
    }

    private static @Nullable String text(RowImage image, int column, ColumnShape shape) {
        Object value = image.value(column);
        if (value == null) {
            return null;
        }
        if (image.text(column) != null) {
            return "!" + value;
        }
        if (value instanceof byte[] bytes) {
            StringBuilder hex = new StringBuilder("\\x");
            for (byte b : bytes) {
                hex.append(String.format("%02x", b));
            }
            return hex.toString();
        }
        return switch (shape.type()) {
            case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
            case TIME -> LocalTime.ofNanoOfDay((Long) value * 1000).format(CLOCK);
            case TIMESTAMP, LOCAL_TIMESTAMP ->
                LocalDateTime.ofEpochSecond(
                                Math.floorDiv((Long) value, 1_000_000),
                                (int) Math.floorMod((Long) value, 1_000_000L) * 1000,
                                ZoneOffset.UTC)
                        .format(DATE_AND_CLOCK);
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            default -> value.toString();
        };
    }

    /** Random values; what the server prints of them stands beside them. */
    @Test
    void numbers_and_times_print_as_the_server_prints_them() {
        MariadbBed source = source();
        List<String> types = List.of(
                "decimal(38,10)",
                "decimal(65,30)",
                "decimal(10,0)",
                "decimal(18,9)",
                "decimal(7,7)",
                "decimal(1,0)",
                "mediumint",
                "bigint",
                "bigint unsigned",
                "bit(23)",
                "date",
                "time",
                "time(1)",
                "time(3)",
                "time(6)",
                "datetime",
                "datetime(1)",
                "datetime(5)",
                "timestamp(2)",
                "timestamp(6)");
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
        StringBuilder printed = new StringBuilder();
        for (int i = 0; i < types.size(); i++) {
            columns.append(", c").append(i).append(' ').append(types.get(i)).append(" NULL");
            columns.append(", p").append(i).append(" varchar(100)");
            String shown =
                    types.get(i).startsWith("bit") ? "LPAD(BIN(c" + i + " + 0), 23, '0')" : "CAST(c" + i + " AS CHAR)";
            printed.append(i == 0 ? "" : ", ")
                    .append("p")
                    .append(i)
                    .append(" = ")
                    .append(shown);
        }
        source.sql("CREATE TABLE r (" + columns + ")");
        try (CaptureRun capture = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            capture.awaitStreaming();
            Random random = new Random(19);
            StringBuilder rows = new StringBuilder();
            for (int id = 0; id < 300; id++) {
                rows.append(id == 0 ? "(" : ", (").append(id);
                for (String type : types) {
                    rows.append(", ").append(randomValue(type, random)).append(", NULL");
                }
                rows.append(')');
            }
            source.sql(
                    "SET sql_mode = ''",
                    "SET time_zone = '+00:00'",
                    "INSERT INTO r VALUES " + rows,
                    "UPDATE r SET " + printed);
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events(Operation.UPDATE)).hasSize(300).allSatisfy(event -> {
                RowImage after = Objects.requireNonNull(event.after());
                for (int i = 0; i < types.size(); i++) {
                    int column = 1 + 2 * i;
                    String shown = String.valueOf(after.value(column + 1));
                    String found = String.valueOf(
                            text(after, column, after.shape().columns().get(column)));
                    boolean time = types.get(i).matches("(date)?time.*");
                    assertThat(found.replace("!", ""))
                            .as(types.get(i))
                            .isEqualTo(
                                    time && !found.startsWith("!") && shown.contains(".")
                                            ? shown.replaceFirst("\\.?0*$", "")
                                            : shown);
                }
            });
        }
    }

    private static String randomValue(String type, Random random) {
        String base = type.replaceFirst("\\(.*", "");
        return switch (base) {
            case "decimal" -> {
                String[] modifiers = type.replaceAll("[^0-9,]", "").split(",");
                int precision = Integer.parseInt(modifiers[0]);
                int digits = 1 + random.nextInt(precision);
                StringBuilder value = new StringBuilder(random.nextBoolean() ? "-" : "");
                for (int i = 0; i < digits; i++) {
                    value.append(random.nextInt(3) == 0 ? 0 : random.nextInt(10));
                }
                yield value + "e-" + modifiers[1];
            }
            case "date" -> "'" + LocalDate.of(1000, 1, 1).plusDays(random.nextInt(3_200_000)) + "'";
            case "time" ->
                "'" + (random.nextBoolean() ? "-" : "") + random.nextInt(839) + ":" + random.nextInt(60) + ":"
                        + random.nextInt(60) + "." + random.nextInt(1_000_000) + "'";
            case "datetime" ->
                "'" + LocalDateTime.of(1000, 1, 1, 0, 0).plusSeconds(random.nextLong(280_000_000_000L)) + "."
                        + random.nextInt(999) + "'";
            case "timestamp" ->
                "FROM_UNIXTIME(" + (1 + random.nextInt(2_000_000_000)) + "." + random.nextInt(1000) + ")";
            case "mediumint" -> String.valueOf(random.nextInt(1 << 24) - (1 << 23));
            case "bit" -> String.valueOf(random.nextInt(1 << 23));
            default ->
                type.endsWith("unsigned")
                        ? Long.toUnsignedString(random.nextLong() >>> random.nextInt(64))
                        : String.valueOf(random.nextLong() >> random.nextInt(64));
        };
    }
}
