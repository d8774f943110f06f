package io.twinlog.capture.snapshot.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkTest {

    private static final TableId TABLE = new TableId("my schema", "t.x");

    private static Chunk chunk(String after, String upTo, String at) {
        return new Chunk(TABLE, "id", KeyOrder.INTEGER, after, upTo, at);
    }

    @Test
    void bounds_survive_the_control_log() {
        Chunk chunk = chunk("-5", "10", "0/1F");
        assertThat(Chunk.parse(TABLE, chunk.range())).isEqualTo(chunk);
        Chunk whole = new Chunk(TABLE, null, null, null, null, null);
        assertThat(Chunk.parse(TABLE, whole.range())).isEqualTo(whole);
        assertThat(Chunk.fromJson(Chunk.toJson(List.of(chunk, whole)))).containsExactly(chunk, whole);
        assertThat(TableList.fromJson(TableList.toJson(List.of(TABLE)))).containsExactly(TABLE);
    }

    @Test
    void neighbours_join() {
        assertThat(chunk(null, "10", null).joined(chunk("10", "20", null))).isEqualTo(chunk(null, "20", null));
        assertThat(chunk(null, "10", null).joined(chunk("10", "20", "0/1"))).isNull();
        assertThat(chunk(null, "10", null).joined(chunk("11", "20", null))).isNull();
    }

    @Test
    void a_chunk_excludes_its_lower_bound_and_includes_its_upper() {
        Chunk chunk = chunk("-10", "9", null);
        assertThat(chunk.holds("-10")).isFalse();
        assertThat(chunk.holds("-9")).isTrue();
        assertThat(chunk.holds("9")).isTrue();
        assertThat(chunk.holds("10")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "INTEGER, -10, 9",
        "INTEGER, 9, 10",
        "UUID, 00000000-0000-0000-0000-00000000000f, 00000000-0000-0000-0000-000000000010",
        "DATE, -infinity, 4713-01-01 BC",
        "DATE, 0002-01-01 BC, 0001-01-01 BC",
        "DATE, 0001-12-31 BC, 0001-01-01",
        "DATE, 9999-12-31, 10000-01-01",
        "DATE, 10000-01-01, infinity",
        "TIMESTAMP, 0001-12-31 23:59:59 BC, 0001-01-01 00:00:00",
        "TIMESTAMP, 2024-01-01 00:00:00, 2024-01-01 00:00:00.000001",
        "TIMESTAMP, 2024-01-01 00:00:00+00, infinity",
        "TIMESTAMP, 0002-05-01 00:00:00+00 BC, 0001-05-01 00:00:00+00 BC"
    })
    void keys_order_as_in_the_database(KeyOrder order, String smaller, String larger) {
        assertThat(order.compare(smaller, larger)).isNegative();
        assertThat(order.compare(larger, smaller)).isPositive();
        assertThat(order.compare(larger, larger)).isZero();
    }

    private static final TableShape SHAPE = new TableShape(
            "my schema",
            "t.x",
            ReplicaIdentity.FULL,
            List.of(
                    new ColumnShape("v", XlogType.TEXT, "text", false),
                    new ColumnShape("id", XlogType.INT, "int4", true)));

    private static Tuple row(String key) {
        byte[] bytes = ("value" + key).getBytes(StandardCharsets.UTF_8);
        Tuple tuple = new Tuple();
        tuple.reset(bytes);
        tuple.add(Tuple.TEXT, 0, 5);
        tuple.add(Tuple.TEXT, 5, bytes.length - 5);
        return tuple;
    }

    @Test
    void the_filter_leaves_out_what_a_later_chunk_holds_until_its_position() {
        ChunkFilter filter =
                new ChunkFilter(List.of(chunk("10", "20", "0/100"), chunk("20", null, "0/200")), List.of());
        assertThat(filter.leavesOut(TABLE, SHAPE, Lsn.parse("0/FF"), row("15"), null))
                .isTrue();
        assertThat(filter.leavesOut(TABLE, SHAPE, Lsn.parse("0/100"), row("15"), null))
                .isFalse();
        assertThat(filter.leavesOut(TABLE, SHAPE, Lsn.parse("0/100"), row("21"), null))
                .isTrue();
        assertThat(filter.leavesOut(TABLE, SHAPE, Lsn.parse("0/10"), row("10"), null))
                .isFalse();
        assertThat(filter.leavesOut(new TableId("a", "b"), SHAPE, 1, row("15"), null))
                .isFalse();
        assertThat(filter.isSpent(Lsn.parse("0/1FF"))).isFalse();
        assertThat(filter.isSpent(Lsn.parse("0/200"))).isTrue();
    }

    @Test
    void truncate_ends_the_filter_of_its_table() {
        ChunkFilter filter = new ChunkFilter(List.of(chunk("10", "20", "0/100")), List.of());
        assertThat(filter.truncated(new TableId("a", "b"), 1)).isFalse();
        assertThat(filter.truncated(TABLE, 1)).isTrue();
        assertThat(filter.leavesOut(TABLE, SHAPE, 2, row("15"), null)).isFalse();
        assertThat(filter.lifted()).contains(TABLE);
        ChunkFilter after = new ChunkFilter(List.of(chunk("10", "20", "0/100")), filter.lifted());
        assertThat(after.isSpent(1)).isTrue();
    }
}
