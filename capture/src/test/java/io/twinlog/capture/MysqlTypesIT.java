package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link MariadbTypesIT} demands, of MySQL, and its documents. Runs with -Pmysql only. */
class MysqlTypesIT extends MariadbTypesIT {

    private static final List<String> MARIADB_ONLY = List.of("uuid", "inet4", "inet6", "json", "point");

    @Override
    MariadbBed source() {
        return MariadbBed.create(Servers.mysql());
    }

    @Override
    String connector() {
        return "mysql";
    }

    @Override
    List<TypeCase> cases() {
        List<TypeCase> cases = new ArrayList<>();
        for (TypeCase each : TypeCase.MARIADB) {
            if (!MARIADB_ONLY.contains(each.declared()) && !each.declared().contains("uca1400")) {
                cases.add(each);
            }
        }
        cases.add(TypeCase.of("varchar(9) collate utf8mb4_0900_as_cs", "varchar(9)", "'é'", "é"));
        cases.add(TypeCase.of("varchar(9) collate utf8mb4_bin", "varchar(9)", "'ü😀'", "ü😀"));
        cases.add(TypeCase.of("varchar(9) character set utf8mb3", "varchar(9)", "'ü'", "ü"));
        cases.add(TypeCase.of("boolean", "tinyint(1)", "true", "1"));
        cases.add(TypeCase.of(
                "json",
                "json",
                "'{\"b\": [1, 2.50, null], \"a\": \"x\"}'",
                "{\"a\": \"x\", \"b\": [1, 2.5, null]}",
                "'null'",
                "null",
                "'\"ü\\\\n\"'",
                "\"ü\\n\""));
        cases.add(TypeCase.of("vector(2)", "vector(2)", "TO_VECTOR('[1, -2.5]')", "\\x0000803f000020c0"));
        // The axes of 4326 are latitude and longitude; stored is x first.
        cases.add(TypeCase.of(
                "point",
                "point",
                "ST_GeomFromText('POINT(2 1)', 4326)",
                "\\xe61000000101000000000000000000f03f0000000000000040"));
        cases.add(TypeCase.of(
                "geometrycollection",
                "geomcollection",
                "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')",
                "\\x00000000010700000000000000"));
        return cases;
    }

    /** Random documents; what the server prints of them stands beside them. */
    @Test
    void documents_print_as_the_server_prints_them_by_snapshot_and_by_stream() {
        MariadbBed source = source();
        source.sql("CREATE TABLE j (id int PRIMARY KEY, d json, p longtext)");
        Random random = new Random(23);
        List<String> documents = new ArrayList<>(List.of(
                "JSON_OBJECT('d', CAST('-12.340' AS DECIMAL(9,3)), 'z', CAST(0 AS DECIMAL(3,2)), 'i', CAST(18446744073709551615 AS UNSIGNED))",
                "JSON_ARRAY(CAST('2024-02-29' AS DATE), CAST('2024-02-29 01:02:03.4' AS DATETIME(6)), TIMESTAMP('0001-01-01'))",
                "JSON_ARRAY(CAST('-838:59:59' AS TIME), CAST('00:00:01.5' AS TIME(1)), CAST('-00:00:00.000001' AS TIME(6)))",
                "JSON_ARRAY(x'00ff', CAST(repeat('y', 100) AS BINARY), b'101')",
                "JSON_ARRAY(ST_GeomFromText('POINT(1 2)'))",
                "JSON_OBJECT('', '', 'q\"', '\\\\ / \\n \\t')",
                "'{}'",
                "'[]'",
                "'[[], {}, [{}]]'",
                "JSON_ARRAY(repeat('x', 127), repeat('x', 128), repeat('ü', 20000))",
                "'[1e0, -0.0, 1e15, 1e14, 123456789012345678, 0.1, 1e-15, 1e-5, 5e-324, 1.7976931348623157e308, 1e16, 1e-14]'",
                "'[32767, 32768, -32768, -32769, 65535, 65536, 2147483648, -2147483649, 4294967296]'"));
        StringBuilder control = new StringBuilder("CAST('[");
        for (int c = 1; c < 0x20; c++) {
            control.append(c == 1 ? "" : ",").append(String.format("\"\\\\u%04x\"", c));
        }
        documents.add(control.append(",\"\\\\u007f\"]' AS JSON)").toString());
        StringBuilder large = new StringBuilder("'{");
        for (int i = 0; i < 9_000; i++) {
            large.append(i == 0 ? "" : ",")
                    .append("\"k")
                    .append(i)
                    .append("\": ")
                    .append(i * 7919);
        }
        documents.add(large.append("}'").toString());
        for (int i = 0; i < 200; i++) {
            StringBuilder numbers = new StringBuilder("'[");
            for (int n = 0; n < 40; n++) {
                double value = switch (n % 3) {
                    case 0 -> Double.longBitsToDouble(random.nextLong());
                    case 1 -> random.nextInt(1_000_000) * Math.pow(10, random.nextInt(40) - 20);
                    default -> random.nextDouble() * Math.pow(10, 12 + random.nextInt(8));
                };
                numbers.append(n == 0 ? "" : ", ").append(Double.isFinite(value) ? value : 1);
            }
            documents.add(numbers.append("]'").toString());
        }
        insert(source, documents, 0);
        try (CaptureRun capture = CaptureRun.start(source.config(SnapshotMode.INITIAL))) {
            capture.awaitStreaming();
            insert(source, documents, 1000);
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events(Operation.SNAPSHOT)).hasSize(documents.size());
            assertThat(xlog.events(Operation.UPDATE)).hasSize(documents.size());
            for (Operation operation : List.of(Operation.SNAPSHOT, Operation.UPDATE)) {
                for (DataEvent event : xlog.events(operation)) {
                    RowImage after = Objects.requireNonNull(event.after());
                    assertThat(after.value(1))
                            .as(operation + " " + after.value(0))
                            .isEqualTo(after.value(2));
                }
            }
        }
    }

    private static void insert(MariadbBed source, List<String> documents, int firstId) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < documents.size(); i++) {
            rows.append(i == 0 ? "" : ", ")
                    .append('(')
                    .append(firstId + i)
                    .append(", ")
                    .append(documents.get(i))
                    .append(", NULL)");
        }
        source.sql("INSERT INTO j VALUES " + rows, "UPDATE j SET p = CAST(d AS CHAR) WHERE id >= " + firstId);
    }
}
