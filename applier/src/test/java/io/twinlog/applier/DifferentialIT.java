package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same history over the same local interference, once in large batches and once event by event: equal tables, equal
 * conflicts. Unique values are left out: a fold may pass over an intermediate state that one by one would be refused.
 */
class DifferentialIT {

    private static final int KEYS = 30;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void set_based_equals_row_at_a_time(long seed) {
        ReplicaIdentity identity = seed % 2 == 0 ? ReplicaIdentity.FULL : ReplicaIdentity.KEY;
        try (Twin batches = new Twin();
                Twin single = new Twin().batchEvents(1)) {
            List<String> expected = play(single, seed, identity);
            assertThat(expected).isNotEmpty();
            assertThat(play(batches, seed, identity)).isEqualTo(expected);
            String query = "SELECT * FROM t ORDER BY id";
            assertThat(batches.rows(query)).isEqualTo(single.rows(query));
        }
    }

    private static List<String> play(Twin twin, long seed, ReplicaIdentity identity) {
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
        Map<Integer, Object[]> source = new TreeMap<>();
        twin.script().commit(tx -> {
            for (int id = 0; id < KEYS; id += 2) {
                Object[] row = {id, random.nextInt(3), "b" + random.nextInt(3)};
                source.put(id, row);
                tx.insert(t, row);
            }
        });
        twin.start().awaitApplied().stop();
        for (int i = 0; i < 8; i++) {
            int id = random.nextInt(KEYS);
            switch (random.nextInt(3)) {
                case 0 -> twin.sql("DELETE FROM t WHERE id = " + id);
                case 1 -> twin.sql("UPDATE t SET a = a + 10, own = 8 WHERE id = " + id);
                default -> twin.sql("INSERT INTO t VALUES (" + id + ", 99, 'local') ON CONFLICT DO NOTHING");
            }
        }
        for (int n = 0; n < 40; n++) {
            twin.script().commit(tx -> {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    step(random, t, tx, source);
                }
            });
        }
        twin.start().awaitApplied().stop();
        List<String> kinds = new ArrayList<>(twin.conflictKinds());
        kinds.sort(String::compareTo);
        return kinds;
    }

    private static void step(
            Random random,
            TableScript t,
            io.twinlog.applier.xlog.XlogScript.Transaction tx,
            Map<Integer, Object[]> source) {
        int id = random.nextInt(KEYS);
        Object[] row = source.get(id);
        if (row == null) {
            Object[] fresh = {id, random.nextInt(3), "b" + random.nextInt(3)};
            source.put(id, fresh);
            tx.insert(t, fresh);
            return;
        }
        int to = random.nextInt(KEYS);
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
