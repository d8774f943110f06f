package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Values are compared as their types do it, and long ones are told by their hash. */
class EvidenceIT {

    static final String LONG_TEXT = "\u00e9".repeat(10_000);
    static final long NOON = 1_767_268_800_000_000L;
    static final long NOON_OF_A_DAY = 43_200_000_000L;

    /**
     * A column of which the source changes the value.
     *
     * @param type at the target
     * @param same SQL of the value before, written otherwise
     * @param other SQL of a value that is another one, however little
     * @param shown the value after, as the target prints it
     */
    record Sample(
            ColumnShape column, String type, Object before, Object after, String same, String other, String shown) {

        String name() {
            return column.name();
        }
    }

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    /** Columns of the vendor's types; {@code n}, {@code big} and {@code y} are among them. */
    List<Sample> samples() {
        return List.of(
                new Sample(column("n", XlogType.TEXT, "numeric"), "numeric", "1.00", "7", "1.0", "1.01", "7"),
                new Sample(
                        column("f", XlogType.DOUBLE, "double precision"),
                        "float8",
                        Double.NaN,
                        0.0,
                        "'NaN'",
                        "'Infinity'",
                        "0"),
                new Sample(
                        column("z", XlogType.DOUBLE, "double precision"), "float8", 0.0, 1.0, "'-0'", "'-1e-300'", "1"),
                new Sample(
                        column("j", XlogType.TEXT, "json"),
                        "json",
                        "{\"a\":1}",
                        "{}",
                        "'{\"a\":1}'",
                        "'{\"a\": 1}'",
                        "{}"),
                new Sample(
                        column("b", XlogType.TEXT, "jsonb"),
                        "jsonb",
                        "{\"a\": 1, \"b\": 2}",
                        "{}",
                        "'{\"b\":2, \"a\":1}'",
                        "'{\"b\":2, \"a\":2}'",
                        "{}"),
                new Sample(
                        column("at", XlogType.LOCAL_TIMESTAMP, "timestamp without time zone"),
                        "timestamp",
                        NOON,
                        NOON + 1_000_000,
                        "'2026-01-01 12:00'",
                        "'2026-01-01 12:00:00.000001'",
                        "2026-01-01 12:00:01"),
                new Sample(
                        column("big", XlogType.TEXT, "text"),
                        "text",
                        LONG_TEXT + 0,
                        LONG_TEXT + 1,
                        "repeat('\u00e9', 10000) || '0'",
                        "repeat('\u00e9', 10000) || '5'",
                        LONG_TEXT + 1),
                new Sample(
                        column("y", XlogType.BYTES, "bytea"),
                        "bytea",
                        bytes(0),
                        bytes(1),
                        "decode(repeat('00', 20000), 'hex')",
                        "decode(repeat('00', 19999) || '05', 'hex')",
                        "\\x" + "00".repeat(19_999) + "01"),
                new Sample(
                        column("t", XlogType.TIME, "time without time zone"),
                        "time",
                        NOON_OF_A_DAY,
                        NOON_OF_A_DAY + 1_000_000,
                        "'12:00'",
                        "'12:00:00.000001'",
                        "12:00:01"));
    }

    static byte[] bytes(int last) {
        byte[] bytes = new byte[20_000];
        bytes[19_999] = (byte) last;
        return bytes;
    }

    private static String joined(List<Sample> samples, Function<Sample, String> part) {
        return samples.stream().map(part).collect(Collectors.joining(", "));
    }

    private static Object[] row(int id, List<Sample> samples, Function<Sample, Object> value) {
        return Stream.concat(Stream.of(id), samples.stream().map(value)).toArray();
    }

    @Test
    void values_are_compared_by_their_types_and_long_ones_shown_by_their_hash() throws Exception {
        List<Sample> samples = samples();
        try (Twin twin = new Twin(vendor())) {
            twin.sql(
                    "CREATE TABLE e (id int PRIMARY KEY, " + joined(samples, s -> s.name() + " " + s.type()) + ")",
                    "INSERT INTO e VALUES (1, " + joined(samples, Sample::same) + ")",
                    "INSERT INTO e VALUES (2, " + joined(samples, Sample::other) + ")");
            twin.script().epoch();
            TableScript e = twin.script()
                    .table(
                            shape(
                                    "e",
                                    ReplicaIdentity.FULL,
                                    Stream.concat(
                                                    Stream.of(key("id", XlogType.INT, "integer")),
                                                    samples.stream().map(Sample::column))
                                            .toArray(ColumnShape[]::new)),
                            1);
            twin.script().commit(tx -> {
                for (int id : new int[] {1, 2}) {
                    tx.update(e, row(id, samples, Sample::before), row(id, samples, Sample::after));
                }
            });
            twin.start().awaitApplied();
            for (Sample sample : samples) {
                assertThat(twin.rows("SELECT " + shownBy(sample) + " FROM e WHERE id = 1"))
                        .as(sample.name())
                        .containsExactly(sample.shown());
            }
            assertThat(twin.conflictKinds()).containsExactly("1-1-2 update_differs");
            ConflictRecord conflict = twin.conflicts().get(0);
            assertThat(conflict.differing())
                    .containsExactlyElementsOf(
                            samples.stream().map(Sample::name).toList());
            assertThat(conflict.current()).containsEntry("n", "1.01").containsEntry("big", shown(LONG_TEXT + 5));
            assertThat(conflict.before()).containsEntry("n", "1.00").containsEntry("big", shown(LONG_TEXT + 0));
            assertThat(conflict.after()).containsEntry("big", shown(LONG_TEXT + 1));
            assertThat(conflict.current()).containsEntry("y", shown("\\x" + "00".repeat(19_999) + "05"));
            assertThat(conflict.originalValue().length).isGreaterThan(80_000);
        }
    }

    /** SQL of how the target shows a column. */
    String shownBy(Sample sample) {
        return sample.name();
    }

    private static String shown(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return "sha256 "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)) + ", " + bytes.length
                + " bytes";
    }
}
