package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.decimal;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link DifferentialIT} demands, of a MariaDB target, one after the other since both have the same database. */
class MariadbDifferentialIT {

    /** Enough for statements of many rows. */
    private static final int KEYS = 90;

    private record Played(List<String> conflicts, List<String> outcomes, List<String> waiting, List<String> rows) {}

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    /** The type that holds a UUID. */
    String uuid() {
        return Servers.mariadb().knows("uuid") ? "uuid" : "char(36) CHARACTER SET ascii";
    }

    private Played played(int batchEvents, ConflictRules rules, Function<Twin, List<String>> play) {
        try (Twin twin = new Twin(vendor()).batchEvents(batchEvents).conflicts(rules)) {
            List<String> conflicts = play.apply(twin);
            return new Played(
                    conflicts,
                    twin.outcomes(),
                    twin.rows("SELECT epoch, seq, ordinal, chain FROM twinlog.held_event ORDER BY seq, ordinal"),
                    twin.rows("SELECT * FROM t ORDER BY id"));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void set_based_equals_row_at_a_time(long seed) {
        ReplicaIdentity identity = seed % 2 == 0 ? ReplicaIdentity.FULL : ReplicaIdentity.KEY;
        Function<Twin, List<String>> play = twin -> DifferentialIT.play(twin, seed, identity, new TreeMap<>(), KEYS);
        Played single = played(1, ConflictRules.HOLD, play);
        assertThat(single.conflicts()).isNotEmpty();
        assertThat(played(5000, ConflictRules.HOLD, play)).isEqualTo(single);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = ConflictPolicy.class,
            names = {"OVERWRITE", "MAXIMUM"})
    void policies_decide_alike_in_batches_and_row_at_a_time(ConflictPolicy policy) {
        Map<Integer, Object[]> source = new TreeMap<>();
        Function<Twin, List<String>> play = twin -> {
            source.clear();
            return DifferentialIT.play(twin, 100 + policy.ordinal(), ReplicaIdentity.FULL, source, KEYS);
        };
        Played single = played(1, DifferentialIT.rules(policy), play);
        assertThat(single.conflicts()).isNotEmpty();
        Played batches = played(5000, DifferentialIT.rules(policy), play);
        assertThat(batches).isEqualTo(single);
        if (policy == ConflictPolicy.OVERWRITE) {
            List<String> start = batches.rows().stream()
                    .map(row -> row.substring(0, row.lastIndexOf('|')))
                    .toList();
            assertThat(DifferentialIT.different(source, start)).isEmpty();
        }
    }

    /** Statements of many rows write and compare values of every type as those of one row do, and find what only looks equal. */
    @Test
    void values_of_all_types_are_written_and_compared_alike() {
        Played single = played(1, ConflictRules.HOLD, this::playTypes);
        // Under the columns' collations and as numbers they are equal to what is expected.
        assertThat(single.conflicts())
                .containsExactly(
                        "1-3-3 update_differs",
                        "1-3-41 update_differs",
                        "1-3-50 update_differs",
                        "1-4-45 delete_differs",
                        "1-4-5 behind");
        Played batches = played(5000, ConflictRules.HOLD, this::playTypes);
        assertThat(batches.rows()).hasSize(KEYS / 2 + 2).containsExactlyElementsOf(single.rows());
        assertThat(batches).isEqualTo(single);
    }

    private List<String> playTypes(Twin twin) {
        twin.sql(
                "CREATE TABLE t (id varchar(20) PRIMARY KEY, n decimal(20,0), d decimal(40,10), s varchar(40), x longtext, y longblob,"
                        + " f float, g double, u " + uuid()
                        + ", at timestamp(6) NULL, day date, b bit(9), e longtext, own int DEFAULT 7,"
                        + " last timestamp(6) NOT NULL DEFAULT '2026-01-01' ON UPDATE CURRENT_TIMESTAMP(6))");
        twin.script().epoch();
        TableScript t = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.TEXT, "character varying(20)"),
                                decimal("n", 20, 0),
                                decimal("d", 40, 10),
                                column("s", XlogType.TEXT, "character varying(40)"),
                                column("x", XlogType.TEXT, "text"),
                                column("y", XlogType.BYTES, "bytea"),
                                column("f", XlogType.FLOAT, "real"),
                                column("g", XlogType.DOUBLE, "double precision"),
                                column("u", XlogType.UUID, "uuid"),
                                column("at", XlogType.TIMESTAMP, "timestamp with time zone"),
                                column("day", XlogType.DATE, "date"),
                                column("b", XlogType.TEXT, "bit(9)"),
                                column("e", XlogType.TEXT, "text"),
                                column("last", XlogType.TIMESTAMP, "timestamp with time zone")),
                        1);
        Random random = new Random(5);
        List<Object[]> first = rows(random);
        List<Object[]> second = rows(random);
        List<Object[]> third = rows(random);
        twin.script().commit(tx -> first.forEach(row -> tx.insert(t, row)));
        twin.script().commit(tx -> change(tx, t, first, second));
        twin.start().awaitApplied().stop();
        twin.sql(
                "UPDATE t SET last = last, s = upper(s) WHERE id = 'k2'",
                "UPDATE t SET last = last, x = concat(x, ' ') WHERE id = 'k40'",
                "UPDATE t SET last = last, y = concat(y, '\\0') WHERE id = 'K49'");
        twin.script().commit(tx -> change(tx, t, second, third));
        twin.start().awaitApplied().stop();
        twin.sql("UPDATE t SET last = last, e = concat(upper(e), ' ') WHERE id = 'K89'");
        twin.script().commit(tx -> third.subList(KEYS / 2, KEYS).forEach(row -> tx.delete(t, row)));
        twin.start().awaitApplied().stop();
        List<String> conflicts = new ArrayList<>(twin.conflictKinds());
        conflicts.sort(String::compareTo);
        return conflicts;
    }

    private static void change(
            io.twinlog.applier.xlog.XlogScript.Transaction tx, TableScript t, List<Object[]> from, List<Object[]> to) {
        for (int i = 0; i < KEYS; i++) {
            tx.update(t, from.get(i), to.get(i));
        }
    }

    private static List<Object[]> rows(Random random) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            rows.add(new Object[] {
                (i % 2 == 0 ? "k" : "K") + i,
                i % 9 == 0 ? null : new BigDecimal(new BigInteger(64, random)),
                new BigDecimal(new BigInteger(90, random), random.nextInt(11)),
                "s" + random.nextInt(),
                i % 7 == 0 ? null : "é€\uD83D\uDE00" + "x".repeat(i == 50 ? 60_000 : 3) + random.nextInt(),
                new byte[] {0, (byte) random.nextInt(), (byte) 0xFF},
                i % 11 == 0 ? null : random.nextFloat() * 1e30f,
                random.nextGaussian(),
                // MariaDB takes no UUID of an unknown variant.
                UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) random.nextInt()})
                        .toString(),
                1_700_000_000_000_000L + random.nextInt(),
                random.nextInt(40_000),
                "%9s".formatted(Integer.toBinaryString(random.nextInt(512))).replace(' ', '0'),
                List.of("a", "b", "c").get(random.nextInt(3)),
                // Never changed: the target is not to put in the present time.
                1_000_000L
            });
        }
        return rows;
    }
}
