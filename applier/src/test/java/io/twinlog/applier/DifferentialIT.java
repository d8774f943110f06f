package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.decimal;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.xlog.Exact;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same history over the same local interference, once in large batches and once event by event: equal tables, equal
 * conflicts. Unique values are left out: a fold may pass over an intermediate state that one by one would be refused.
 */
class DifferentialIT {

    static final int KEYS = 30;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void set_based_equals_row_at_a_time(long seed) {
        ReplicaIdentity identity = seed % 2 == 0 ? ReplicaIdentity.FULL : ReplicaIdentity.KEY;
        try (Twin batches = new Twin();
                Twin single = new Twin().batchEvents(1)) {
            List<List<String>> kinds = both(single, batches, twin -> play(twin, seed, identity));
            assertThat(kinds.get(0)).isNotEmpty();
            assertThat(kinds.get(1)).isEqualTo(kinds.get(0));
            String query = "SELECT * FROM t ORDER BY id";
            assertThat(batches.rows(query)).isEqualTo(single.rows(query));
        }
    }

    /** Enough inserts for COPY, in whose way stand local rows, a unique value and values that only text can carry. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void copy_equals_row_at_a_time(long seed) {
        try (Twin batches = new Twin();
                Twin single = new Twin().batchEvents(1)) {
            List<List<String>> kinds = both(single, batches, twin -> playInserts(twin, seed));
            assertThat(kinds.get(0)).hasSize(8);
            assertThat(kinds.get(1)).isEqualTo(kinds.get(0));
            for (String table : List.of("plain", "guarded", "special")) {
                String query = "SELECT * FROM " + table + " ORDER BY id";
                assertThat(batches.rows(query)).hasSizeGreaterThan(590).isEqualTo(single.rows(query));
            }
        }
    }

    /** Both at the same time: much of a play is waiting. */
    private static List<List<String>> both(Twin single, Twin batches, Function<Twin, List<String>> play) {
        CompletableFuture<List<String>> other = CompletableFuture.supplyAsync(() -> play.apply(batches));
        return List.of(play.apply(single), other.join());
    }

    private static List<String> playInserts(Twin twin, long seed) {
        String columns = " (id bigint PRIMARY KEY, n int, d numeric(12,2), s varchar(20), t text, b boolean, f float8,"
                + " u uuid, y bytea, at timestamptz, day date, own int DEFAULT 7)";
        twin.script().epoch();
        List<TableScript> tables = new ArrayList<>();
        for (String name : List.of("plain", "guarded", "special")) {
            twin.sql("CREATE TABLE " + name + columns);
            tables.add(twin.script()
                    .table(
                            shape(
                                    name,
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.LONG, "bigint"),
                                    column("n", XlogType.INT, "integer"),
                                    decimal("d", 12, 2),
                                    column("s", XlogType.TEXT, "character varying(20)"),
                                    column("t", XlogType.TEXT, "text"),
                                    column("b", XlogType.BOOLEAN, "boolean"),
                                    column("f", XlogType.DOUBLE, "double precision"),
                                    column("u", XlogType.UUID, "uuid"),
                                    column("y", XlogType.BYTES, "bytea"),
                                    column("at", XlogType.TIMESTAMP, "timestamp with time zone"),
                                    column("day", XlogType.DATE, "date")),
                            3));
        }
        twin.sql("ALTER TABLE guarded ADD UNIQUE (t)", "ALTER TABLE special ADD CHECK (n <> 77)");
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            twin.sql("INSERT INTO plain VALUES (" + (i * 150 + random.nextInt(100)) + ", -1)");
            twin.sql("INSERT INTO guarded (id, t) VALUES (" + (10_000 + i) + ", 't" + (i * 150 + random.nextInt(100))
                    + "')");
        }
        twin.script().commit(tx -> {
            for (int id = 0; id < 600; id++) {
                for (TableScript table : tables) {
                    Object[] row = {
                        (long) id,
                        id % 7 == 0 ? null : random.nextInt(),
                        new BigDecimal(BigInteger.valueOf(random.nextInt()), 2),
                        "s" + id,
                        "t" + id,
                        id % 5 == 0 ? null : random.nextBoolean(),
                        random.nextGaussian(),
                        new UUID(random.nextLong(), random.nextLong()).toString(),
                        new byte[] {0, (byte) id},
                        random.nextLong() >> 20,
                        random.nextInt(40_000)
                    };
                    if (table == tables.get(2)) {
                        row[1] = id == 20 || id == 400 ? 77 : 1;
                        row[2] = id % 100 == 0 ? new Exact("NaN") : row[2];
                        row[9] = id % 90 == 0 ? new Exact("infinity") : row[9];
                    }
                    tx.insert(table, row);
                }
            }
        });
        twin.start().awaitApplied().stop();
        List<String> kinds = new ArrayList<>(twin.conflictKinds());
        kinds.sort(String::compareTo);
        return kinds;
    }

    /** Whatever the policy: the same conflicts with the same outcomes, the same rows, the same events that wait. */
    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = ConflictPolicy.class,
            names = {"HOLD", "SKIP", "OVERWRITE", "MAXIMUM", "MINIMUM", "NEWEST", "OLDEST", "DELTA"})
    void policies_decide_alike_in_batches_and_row_at_a_time(ConflictPolicy policy) {
        ConflictRules rules = rules(policy);
        long seed = 100 + policy.ordinal();
        try (Twin batches = new Twin().conflicts(rules);
                Twin single = new Twin().batchEvents(1).conflicts(rules)) {
            Map<Integer, Object[]> source = new TreeMap<>();
            List<List<String>> kinds = both(
                    single,
                    batches,
                    twin -> play(twin, seed, ReplicaIdentity.FULL, twin == single ? source : new TreeMap<>()));
            assertThat(kinds.get(0)).isNotEmpty();
            assertThat(batches.outcomes()).isEqualTo(single.outcomes());
            String rows = "SELECT * FROM t ORDER BY id";
            assertThat(batches.rows(rows)).isEqualTo(single.rows(rows));
            String waiting = "SELECT epoch, seq, ordinal, chain FROM twinlog.held_event ORDER BY seq, ordinal";
            assertThat(batches.rows(waiting)).isEqualTo(single.rows(waiting));
            Set<String> different = different(source, batches.rows("SELECT id, a, b FROM t ORDER BY id"));
            Set<String> inConflict = batches.conflicts().stream()
                    .map(conflict -> conflict.key().get("id"))
                    .collect(Collectors.toSet());
            assertThat(inConflict).as("only keys in conflict differ").containsAll(different);
            if (policy == ConflictPolicy.OVERWRITE) {
                assertThat(different).isEmpty();
            }
            if (policy == ConflictPolicy.SKIP) {
                assertThat(different)
                        .as("exactly the keys whose last event was left out differ")
                        .isNotEmpty()
                        .isEqualTo(leftOutInTheEnd(batches));
            }
        }
    }

    /** A policy for all kinds, that where it needs a column takes {@code a}. */
    static ConflictRules rules(ConflictPolicy policy) {
        boolean compares = !List.of(
                        ConflictPolicy.HOLD, ConflictPolicy.SKIP, ConflictPolicy.OVERWRITE, ConflictPolicy.DELTA)
                .contains(policy);
        return new ConflictRules(
                ConflictPolicy.HOLD,
                0,
                List.of(new ConflictRule(
                        List.of(),
                        List.of(),
                        policy,
                        compares ? "a" : null,
                        policy == ConflictPolicy.DELTA ? List.of("a") : List.of(),
                        List.of(),
                        ConflictRule.Scope.CHANGED)));
    }

    /** Keys in conflict in the last transaction, which touches all columns of every row. */
    static Set<String> leftOutInTheEnd(Twin twin) {
        return twin.conflicts().stream()
                .filter(conflict ->
                        EventId.parse(conflict.id()).seq() == twin.script().seq())
                .map(conflict -> conflict.key().get("id"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Keys of the source whose rows the target does not have; rows that only the target has were never touched by an event. */
    static Set<String> different(Map<Integer, Object[]> source, List<String> target) {
        Set<String> different = new TreeSet<>();
        source.forEach((id, row) -> {
            if (!target.contains(row[0] + "|" + row[1] + "|" + row[2])) {
                different.add(id.toString());
            }
        });
        return different;
    }

    private static List<String> play(Twin twin, long seed, ReplicaIdentity identity) {
        return play(twin, seed, identity, new TreeMap<>());
    }

    private static List<String> play(Twin twin, long seed, ReplicaIdentity identity, Map<Integer, Object[]> source) {
        return play(twin, seed, identity, source, KEYS);
    }

    /** Plays a history; its conflicts, sorted. @param source gets its rows @param keys how many there are at most */
    static List<String> play(Twin twin, long seed, ReplicaIdentity identity, Map<Integer, Object[]> source, int keys) {
        Random random = new Random(seed);
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, a int, b text, own int DEFAULT 7)");
        twin.script().epoch();
        TableScript t = twin.script()
                .table(
                        shape(
                                "t",
                                identity,
                                key("id", XlogType.INT, "integer"),
                                column("a", XlogType.INT, "integer"),
                                column("b", XlogType.TEXT, "text")),
                        3);
        twin.script().commit(tx -> {
            for (int id = 0; id < keys; id += 2) {
                Object[] row = {id, random.nextInt(3), "b" + random.nextInt(3)};
                source.put(id, row);
                tx.insert(t, row);
            }
        });
        twin.start().awaitApplied().stop();
        for (int i = 0; i < 8; i++) {
            int id = random.nextInt(keys);
            switch (random.nextInt(3)) {
                case 0 -> twin.sql("DELETE FROM t WHERE id = " + id);
                case 1 -> twin.sql("UPDATE t SET a = a + 10, own = 8 WHERE id = " + id);
                default ->
                    twin.sql("INSERT INTO t (id, a, b) SELECT " + id + ", 99, 'local' FROM (SELECT 1 AS one) one"
                            + " WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = " + id + ")");
            }
        }
        for (int n = 0; n < 40; n++) {
            twin.script().commit(tx -> {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    step(random, t, tx, source, keys);
                }
            });
        }
        // In the end every row is touched once, so that nothing local stays unseen.
        twin.script()
                .commit(tx -> source.replaceAll((id, row) -> {
                    Object[] changed = {id, (Integer) row[1] + 1, row[2] + "!"};
                    tx.update(t, row, changed);
                    return changed;
                }));
        twin.start().awaitApplied().stop();
        List<String> kinds = new ArrayList<>(twin.conflictKinds());
        kinds.sort(String::compareTo);
        return kinds;
    }

    private static void step(
            Random random,
            TableScript t,
            io.twinlog.applier.xlog.XlogScript.Transaction tx,
            Map<Integer, Object[]> source,
            int keys) {
        int id = random.nextInt(keys);
        Object[] row = source.get(id);
        if (row == null) {
            Object[] fresh = {id, random.nextInt(3), "b" + random.nextInt(3)};
            source.put(id, fresh);
            tx.insert(t, fresh);
            return;
        }
        int to = random.nextInt(keys);
        switch (random.nextInt(5)) {
            case 0 -> {
                source.remove(id);
                tx.delete(t, row);
            }
            case 1 -> {
                if (!source.containsKey(to)) {
                    Object[] moved = {to, random.nextInt(3), row[2]};
                    source.remove(id);
                    source.put(to, moved);
                    tx.move(t, row, moved);
                }
            }
            default -> {
                Object[] changed = {id, random.nextInt(3), random.nextBoolean() ? row[2] : "b" + random.nextInt(3)};
                source.put(id, changed);
                tx.update(t, row, changed);
            }
        }
    }
}
