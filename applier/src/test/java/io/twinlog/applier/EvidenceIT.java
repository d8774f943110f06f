package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Values are compared as their types do it, and long ones are told by their hash. */
class EvidenceIT {

    private static final String LONG_TEXT = "\u00e9".repeat(10_000);
    private static final long NOON = 1_767_268_800_000_000L;

    private static Object[] row(int id, String text, double number, String json, String jsonb, long micros, int last) {
        byte[] bytes = new byte[20_000];
        bytes[19_999] = (byte) last;
        return new Object[] {
            id,
            text,
            number,
            number == 0 ? 1.0 : 0.0,
            json,
            jsonb,
            micros,
            LONG_TEXT + last,
            bytes,
            micros % 86_400_000_000L
        };
    }

    @Test
    void values_are_compared_by_their_types_and_long_ones_shown_by_their_hash() throws Exception {
        try (Twin twin = new Twin()) {
            twin.sql(
                    "CREATE TABLE e (id int PRIMARY KEY, n numeric, f float8, z float8, j json, b jsonb, at timestamp, big text, y"
                            + " bytea, t time)");
            for (int id : new int[] {1, 2}) {
                boolean same = id == 1;
                twin.sql("INSERT INTO e VALUES (" + id + ", " + (same ? "1.0" : "1.01") + ", "
                        + (same ? "'NaN'" : "'Infinity'") + ", " + (same ? "'-0'" : "'-1e-300'") + ", '"
                        + (same ? "{\"a\":1}" : "{\"a\": 1}") + "', '"
                        + (same ? "{\"b\":2, \"a\":1}" : "{\"b\":2, \"a\":2}")
                        + "', timestamp '2026-01-01 12:00:00.00000"
                        + (same ? "0" : "1") + "', repeat(chr(233), 10000) || " + (same ? 0 : 5)
                        + ", decode(repeat('00', 19999), 'hex') || '\\x0" + (same ? 0 : 5) + "', time '12:00:00.00000"
                        + (same ? "0" : "1") + "')");
            }
            twin.script().epoch();
            TableScript e = twin.script()
                    .table(
                            shape(
                                    "e",
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.INT, "integer"),
                                    column("n", XlogType.TEXT, "numeric"),
                                    column("f", XlogType.DOUBLE, "double precision"),
                                    column("z", XlogType.DOUBLE, "double precision"),
                                    column("j", XlogType.TEXT, "json"),
                                    column("b", XlogType.TEXT, "jsonb"),
                                    column("at", XlogType.LOCAL_TIMESTAMP, "timestamp without time zone"),
                                    column("big", XlogType.TEXT, "text"),
                                    column("y", XlogType.BYTES, "bytea"),
                                    column("t", XlogType.TIME, "time without time zone")),
                            1);
            twin.script().commit(tx -> {
                for (int id : new int[] {1, 2}) {
                    tx.update(
                            e,
                            row(id, "1.00", Double.NaN, "{\"a\":1}", "{\"a\": 1, \"b\": 2}", NOON, 0),
                            row(id, "7", 0, "{}", "{}", NOON + 1_000_000, 1));
                }
            });
            twin.start().awaitApplied();
            assertThat(twin.rows("SELECT n, f, z, j, b, at, right(big, 2), t FROM e WHERE id = 1"))
                    .containsExactly("7|0|1|{}|{}|2026-01-01 12:00:01|\u00e91|12:00:01");
            assertThat(twin.conflictKinds()).containsExactly("1-1-2 update_differs");
            ConflictRecord conflict = twin.conflicts().get(0);
            assertThat(conflict.differing()).containsExactly("n", "f", "z", "j", "b", "at", "big", "y", "t");
            assertThat(conflict.current()).containsEntry("n", "1.01").containsEntry("big", shown(LONG_TEXT + 5));
            assertThat(conflict.before()).containsEntry("n", "1.00").containsEntry("big", shown(LONG_TEXT + 0));
            assertThat(conflict.after()).containsEntry("big", shown(LONG_TEXT + 1));
            assertThat(conflict.current()).containsEntry("y", shown("\\x" + "00".repeat(19_999) + "05"));
            assertThat(conflict.originalValue().length).isGreaterThan(80_000);
        }
    }

    private static String shown(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return "sha256 "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)) + ", " + bytes.length
                + " bytes";
    }
}
