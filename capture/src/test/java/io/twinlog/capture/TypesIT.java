package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.Source;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every type, with its odd values, arrives the same by snapshot and by stream, and as the database prints it. */
class TypesIT {

    private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put("bool", List.of("true", "false"));
        VALUES.put("int2", List.of("-32768", "32767"));
        VALUES.put("int4", List.of("-2147483648", "2147483647", "0"));
        VALUES.put("int8", List.of("-9223372036854775808", "9223372036854775807"));
        VALUES.put("oid", List.of("4294967295"));
        VALUES.put("float4", List.of("'NaN'", "'Infinity'", "'-Infinity'", "1e-45", "3.4028235e38", "0.1", "-0.0"));
        VALUES.put(
                "float8", List.of("'NaN'", "'-Infinity'", "5e-324", "1.7976931348623157e308", "0.1", "1e22", "-0.0"));
        VALUES.put(
                "numeric", List.of("'NaN'", "'Infinity'", "'-Infinity'", "1.10", "1e-100", "12345678901234567890123"));
        VALUES.put("numeric(12,2)", List.of("'NaN'", "1234567890.12", "-0.01", "0"));
        VALUES.put("numeric(38,10)", List.of("'NaN'", "1234567890123456789012345678.0123456789", "-1"));
        VALUES.put("numeric(5,0)", List.of("99999", "-1"));
        VALUES.put("money", List.of("'-92233720368547758.08'", "'12.5'"));
        VALUES.put(
                "text",
                List.of(
                        "''",
                        "E'tab\\t nl\\n cr\\r back\\\\ \\\\N'",
                        "'\u00fcber \ud83d\ude00'",
                        "E'\\u000b\\b\\f\\x01'"));
        VALUES.put("varchar(20)", List.of("'abc'", "'\\N'"));
        VALUES.put("char(5)", List.of("'ab'"));
        VALUES.put("\"char\"", List.of("'x'"));
        VALUES.put("name", List.of("'some_name'"));
        VALUES.put("bytea", List.of("''", "'\\x00ff0a5c'"));
        VALUES.put(
                "date",
                List.of(
                        "'infinity'",
                        "'-infinity'",
                        "'0044-03-15 BC'",
                        "'5874897-12-31'",
                        "'1969-12-31'",
                        "'0001-01-01'"));
        VALUES.put("time", List.of("'24:00:00'", "'23:59:59.999999'", "'00:00:00'", "'12:30:00.5'"));
        VALUES.put("time(3)", List.of("'12:30:00.125'"));
        VALUES.put("timetz", List.of("'24:00:00+15:59'", "'12:00:00.5-03:30'"));
        VALUES.put(
                "timestamp",
                List.of(
                        "'infinity'",
                        "'4713-01-01 00:00:00 BC'",
                        "'294276-12-31 23:59:59.999999'",
                        "'1999-01-08 04:05:06.789'"));
        VALUES.put(
                "timestamptz",
                List.of(
                        "'-infinity'",
                        "'4713-01-01 00:00:00+00 BC'",
                        "'294276-12-31 23:59:59.999999+00'",
                        "'2024-03-31 01:30:00+01'"));
        VALUES.put("interval", List.of("'1 year -2 mons 3 days -04:05:06.789'", "'0'"));
        VALUES.put("interval day to second(3)", List.of("'3 days 04:05:06.789'"));
        VALUES.put("uuid", List.of("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"));
        VALUES.put("json", List.of("'{\"a\" :  1}'", "'null'"));
        VALUES.put("jsonb", List.of("'{\"b\": [1, null], \"a\": 1.10}'"));
        VALUES.put("xml", List.of("'<a>x</a>'"));
        VALUES.put("bit(3)", List.of("B'101'"));
        VALUES.put("varbit(8)", List.of("B'10101'"));
        VALUES.put("inet", List.of("'192.168.0.1/24'", "'::1'"));
        VALUES.put("cidr", List.of("'10.0.0.0/8'"));
        VALUES.put("macaddr", List.of("'08:00:2b:01:02:03'"));
        VALUES.put("macaddr8", List.of("'08:00:2b:01:02:03:04:05'"));
        VALUES.put("point", List.of("'(1.5,-2)'"));
        VALUES.put("line", List.of("'{1,2,3}'"));
        VALUES.put("lseg", List.of("'[(1,2),(3,4)]'"));
        VALUES.put("box", List.of("'(3,4),(1,2)'"));
        VALUES.put("path", List.of("'((1,2),(3,4))'", "'[(1,2),(3,4)]'"));
        VALUES.put("polygon", List.of("'((1,2),(3,4),(5,6))'"));
        VALUES.put("circle", List.of("'<(1,2),3>'"));
        VALUES.put("tsvector", List.of("'''quoted'' word:3A'::tsvector"));
        VALUES.put("tsquery", List.of("'a & !b'::tsquery"));
        VALUES.put("pg_lsn", List.of("'16/B374D848'"));
        VALUES.put("regclass", List.of("'public.odd'::regclass", "'pg_catalog.pg_class'::regclass"));
        VALUES.put("int4[]", List.of("'{}'", "'{1,NULL,-3}'", "'[0:1]={1,2}'", "'{{1,2},{3,4}}'"));
        VALUES.put("text[]", List.of("ARRAY['a', NULL, 'NULL', '', 'q\"uote', E'back\\\\slash', 'comma,']"));
        VALUES.put("numeric(10,2)[]", List.of("'{1.10,NaN}'"));
        VALUES.put("timestamptz[]", List.of("'{infinity,2024-01-01 00:00:00+00}'"));
        VALUES.put("int4range", List.of("'[1,5)'", "'empty'", "'(,)'"));
        VALUES.put("tstzrange", List.of("'[2024-01-01 00:00+00, infinity)'"));
        VALUES.put("int4multirange", List.of("'{[1,3),[5,9)}'"));
        VALUES.put("mood", List.of("'sad'", "'so so'"));
        VALUES.put("mood[]", List.of("'{sad,NULL}'"));
        VALUES.put("positive", List.of("7"));
        VALUES.put("pair", List.of("ROW(1, 'x, \"y\"')"));
        VALUES.put("hstore", List.of("'a=>1, b=>NULL'"));
        VALUES.put("ltree", List.of("'Top.Science'"));
        VALUES.put("citext", List.of("'MiXed'"));
    }

    @Test
    void snapshot_and_stream_give_the_same_bytes_and_the_database_s_own_text() {
        Source source = Source.create()
                .sql(
                        "CREATE EXTENSION hstore",
                        "CREATE EXTENSION ltree",
                        "CREATE EXTENSION citext",
                        "CREATE TYPE mood AS ENUM ('sad', 'so so')",
                        "CREATE DOMAIN positive AS int4 CHECK (VALUE > 0)",
                        "CREATE TYPE pair AS (a int, b text)",
                        "CREATE TABLE odd(id int)");
        List<String> columns = new ArrayList<>();
        List<String> types = new ArrayList<>(VALUES.keySet());
        for (int i = 0; i < types.size(); i++) {
            columns.add("\"c " + i + "\" " + types.get(i));
        }
        source.sql(
                "CREATE TABLE t(id int PRIMARY KEY, " + String.join(", ", columns) + ")",
                "ALTER TABLE t REPLICA IDENTITY FULL");
        int rows = VALUES.values().stream().mapToInt(List::size).max().orElseThrow() + 1;
        source.sql(inserts(rows, 0));
        // Settings that would change how values print must not matter.
        for (String setting : List.of(
                "DateStyle = 'German'",
                "TimeZone = 'Asia/Kolkata'",
                "IntervalStyle = 'iso_8601'",
                "bytea_output = 'escape'",
                "extra_float_digits = '-3'")) {
            source.sql("ALTER DATABASE " + source.name() + " SET " + setting);
        }
        try (CaptureRun run = CaptureRun.start(source.config(SnapshotMode.INITIAL, "public.t"))
                .awaitStreaming()) {
            source.sql(inserts(rows, 100));
            Xlog xlog = Xlog.awaitBarrier(source);
            List<DataEvent> snapshot = xlog.events(Operation.SNAPSHOT);
            List<DataEvent> stream = xlog.events(Operation.INSERT);
            assertThat(snapshot).hasSize(rows);
            assertThat(stream).hasSize(rows);
            assertThat(snapshot.get(0).shape()).isEqualTo(stream.get(0).shape());
            for (int i = 0; i < rows; i++) {
                assertSame(
                        Objects.requireNonNull(snapshot.get(i).after()),
                        Objects.requireNonNull(stream.get(i).after()));
            }
            assertMatchesDatabase(source, snapshot, types);
        }
    }

    private static String[] inserts(int rows, int offset) {
        String[] statements = new String[rows];
        for (int row = 0; row < rows; row++) {
            StringBuilder sql = new StringBuilder("INSERT INTO t VALUES (" + (row + offset));
            for (List<String> values : VALUES.values()) {
                sql.append(", ").append(row < values.size() ? values.get(row) : "NULL");
            }
            statements[row] = sql.append(")").toString();
        }
        return statements;
    }

    private static void assertSame(RowImage a, RowImage b) {
        for (int column = 1; column < a.shape().columns().size(); column++) {
            assertThat(a.sameValue(column, b))
                    .as(a.shape().columns().get(column).toString())
                    .isTrue();
        }
    }

    /** What travels, turned back into the column's type by the database, is the very value. */
    private static void assertMatchesDatabase(Source source, List<DataEvent> events, List<String> types) {
        for (DataEvent event : events) {
            RowImage image = Objects.requireNonNull(event.after());
            int row = (Integer) Objects.requireNonNull(image.value(0));
            List<String> comparisons = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                String column = "\"c " + i + "\"";
                String text = sqlText(image, i + 1);
                if (text == null) {
                    comparisons.add("CASE WHEN " + column + " IS NOT NULL THEN '" + i + " ' ELSE '' END");
                } else {
                    String sqlType = image.shape().columns().get(i + 1).sqlType();
                    comparisons.add("CASE WHEN " + column + "::text IS DISTINCT FROM ('" + text.replace("'", "''")
                            + "'::" + sqlType + ")::text THEN '" + i + " ' ELSE '' END");
                }
            }
            String different = source.value("SELECT " + String.join(" || ", comparisons) + " FROM t WHERE id = " + row);
            assertThat(different)
                    .as("columns of row " + row + " that do not come back")
                    .isEmpty();
        }
    }

    private static @Nullable String sqlText(RowImage image, int column) {
        Object value = image.value(column);
        if (value == null || image.text(column) != null) {
            return image.text(column);
        }
        return switch (image.shape().columns().get(column).type()) {
            case DATE -> LocalDate.ofEpochDay((Integer) value).toString().replace("+", "");
            case TIME -> LocalTime.ofNanoOfDay((Long) value * 1000).toString();
            case LOCAL_TIMESTAMP -> timestamp((Long) value);
            case TIMESTAMP -> timestamp((Long) value) + "+00";
            case BYTES ->
                Xlog.row(image).get(image.shape().columns().get(column).name());
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            default -> value.toString();
        };
    }

    private static String timestamp(long micros) {
        return LocalDateTime.ofEpochSecond(
                        Math.floorDiv(micros, 1_000_000L),
                        (int) Math.floorMod(micros, 1_000_000L) * 1000,
                        ZoneOffset.UTC)
                .toString()
                .replace("+", "");
    }
}
