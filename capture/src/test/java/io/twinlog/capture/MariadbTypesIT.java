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

    private static final DateTimeFormatter CLOCK = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
            .toFormatter();
    private static final DateTimeFormatter DATE_AND_CLOCK = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd ")
            .append(CLOCK)
            .toFormatter();

    MariadbBed source() {
        return MariadbBed.create(Servers.mariadb());
    }

    List<TypeCase> cases() {
        return TypeCase.MARIADB.stream()
                .filter(each -> Servers.mariadb().knows(each.declared()))
                .toList();
    }

    String connector() {
        return "mariadb";
    }

    /** What the log says of kinds of columns goes by their order, so there are several orders. */
    @Test
    void every_value_is_the_same_by_snapshot_and_by_stream() {
        MariadbBed source = source();
        int most = cases().stream().mapToInt(c -> c.values().size()).max().orElseThrow();
        List<List<TypeCase>> orders = new ArrayList<>();
        for (int order = 0; order < 4; order++) {
            List<TypeCase> cases = new ArrayList<>(cases());
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

    private void check(Xlog xlog, String table, List<TypeCase> cases, int most) {
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

    private static void insertAll(MariadbBed source, String table, List<TypeCase> cases, int most, int firstId) {
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
