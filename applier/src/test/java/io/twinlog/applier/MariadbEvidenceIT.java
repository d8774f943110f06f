package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.decimal;

import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.util.List;

/** What {@link EvidenceIT} demands, of a MariaDB target: texts under a collation that folds them, bits, enums. */
class MariadbEvidenceIT extends EvidenceIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    @Override
    List<Sample> samples() {
        return List.of(
                new Sample(
                        decimal("n", 10, 2),
                        "decimal(10,2)",
                        new BigDecimal("1.00"),
                        new BigDecimal("7.00"),
                        "1.0",
                        "1.01",
                        "7.00"),
                new Sample(
                        column("z", XlogType.DOUBLE, "double precision"), "double", 0.0, 1.0, "-0e0", "-1e-300", "1"),
                new Sample(
                        column("s", XlogType.TEXT, "character varying(20)"),
                        "varchar(20) COLLATE utf8mb4_general_ci",
                        "case",
                        "x",
                        "'case'",
                        "'Case'",
                        "x"),
                new Sample(
                        column("p", XlogType.TEXT, "text"),
                        "longtext COLLATE utf8mb4_general_ci",
                        "end",
                        "x",
                        "'end'",
                        "'end '",
                        "x"),
                new Sample(
                        column("at", XlogType.LOCAL_TIMESTAMP, "timestamp without time zone"),
                        "datetime(6)",
                        NOON,
                        NOON + 1_000_000,
                        "'2026-01-01 12:00'",
                        "'2026-01-01 12:00:00.000001'",
                        "2026-01-01 12:00:01.000000"),
                new Sample(
                        column("big", XlogType.TEXT, "text"),
                        "longtext",
                        LONG_TEXT + 0,
                        LONG_TEXT + 1,
                        "concat(repeat('\u00e9', 10000), '0')",
                        "concat(repeat('\u00e9', 10000), '5')",
                        LONG_TEXT + 1),
                new Sample(
                        column("y", XlogType.BYTES, "bytea"),
                        "longblob",
                        bytes(0),
                        bytes(1),
                        "repeat(x'00', 20000)",
                        "concat(repeat(x'00', 19999), x'05')",
                        "00".repeat(19_999) + "01"),
                new Sample(
                        column("b", XlogType.TEXT, "bit(9)"),
                        "bit(9)",
                        "000000001",
                        "100000000",
                        "b'1'",
                        "b'100000001'",
                        "256"),
                new Sample(
                        column("t", XlogType.TIME, "time without time zone"),
                        "time(6)",
                        NOON_OF_A_DAY,
                        NOON_OF_A_DAY + 1_000_000,
                        "'12:00'",
                        "'12:00:00.000001'",
                        "12:00:01.000000"));
    }

    @Override
    String shownBy(Sample sample) {
        return switch (sample.name()) {
            case "y" -> "lower(hex(y))";
            case "b" -> "b + 0";
            default -> "CAST(" + sample.name() + " AS CHAR)";
        };
    }
}
