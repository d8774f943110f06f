package io.twinlog.applier.replay;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.TargetVendor;
import io.twinlog.applier.Twin;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of a source and a local session that interferes at the target, then everything is settled in one way. In the end the source
 * changes every column of every key, so that no deviation stays unseen.
 */
class ReplayPropertyIT {

    private static final int KEYS = 12;
    private static final int TRANSACTIONS = 80;

    private final Twin twin = new Twin(vendor());
    private final Map<Integer, Object[]> source = new TreeMap<>();
    private TableScript table;
    private Random random;
    private int fresh;

    /** The database on which the tests run. */
    protected TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void all_settled_by_overwrite_ends_equal(long seed) {
        history(seed, true);
        Replay replay = new Replay(twin.config());
        assertThat(replay.count().open()).as("the interference was felt").isPositive();
        List<ReplayOutcome> outcomes =
                replay.replay(Selection.ALL, ReplayOrder.replay("test").policy(ConflictPolicy.OVERWRITE));
        assertThat(outcomes).allMatch(outcome -> outcome.state().isFinal());
        assertThat(rows()).isEqualTo(expected());
        assertThat(replay.count()).isEqualTo(new ConflictCount(0, 0, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6})
    void all_discarded_leaves_exactly_the_keys_with_conflicts_different(long seed) {
        history(seed, false);
        Replay replay = new Replay(twin.config());
        Set<String> conflicting = new TreeSet<>();
        List<String> ids = new ArrayList<>();
        replay.list(Selection.ALL).forEach(entry -> {
            conflicting.add(entry.conflict().key().get("id"));
            ids.add(entry.conflict().id());
        });
        replay.replay(Selection.of(ids.toArray(String[]::new)), ReplayOrder.discard("test", "the target is right"));
        Set<String> differing = new TreeSet<>();
        Set<String> both = new TreeSet<>(rows());
        both.removeAll(expected());
        Set<String> missing = new TreeSet<>(expected());
        missing.removeAll(rows());
        both.forEach(row -> differing.add(row.substring(0, row.indexOf('|'))));
        missing.forEach(row -> differing.add(row.substring(0, row.indexOf('|'))));
        assertThat(differing).isNotEmpty().isEqualTo(conflicting);
        assertThat(replay.count()).isEqualTo(new ConflictCount(0, 0, 0));
    }

    private void history(long seed, boolean moves) {
        random = new Random(seed);
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, n int)");
        twin.script().epoch();
        table = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text"),
                                column("n", XlogType.INT, "integer")),
                        3);
        twin.start();
        for (int i = 0; i < TRANSACTIONS; i++) {
            twin.script().commit(tx -> {
                for (int n = random.nextInt(3); n >= 0; n--) {
                    change(tx, moves);
                }
            });
            if (random.nextInt(8) == 0) {
                twin.awaitApplied();
                interfere();
            }
        }
        twin.script().commit(tx -> {
            for (int id = 0; id < KEYS; id++) {
                last(tx, id, moves);
            }
        });
        twin.awaitApplied();
    }

    private Object[] fresh(int id) {
        fresh++;
        return new Object[] {id, "v" + fresh, fresh};
    }

    private void change(XlogScript.Transaction tx, boolean moves) {
        int id = random.nextInt(KEYS);
        Object[] old = source.get(id);
        if (old == null) {
            Object[] row = fresh(id);
            tx.insert(table, row);
            source.put(id, row);
            return;
        }
        int to = random.nextInt(KEYS);
        switch (random.nextInt(moves && !source.containsKey(to) ? 4 : 3)) {
            case 0 -> {
                tx.delete(table, old);
                source.remove(id);
            }
            case 1 -> {
                Object[] row = {id, old[1], ++fresh};
                tx.update(table, old, row);
                source.put(id, row);
            }
            case 2 -> {
                Object[] row = fresh(id);
                tx.update(table, old, row);
                source.put(id, row);
            }
            default -> {
                Object[] row = {to, old[1], old[2]};
                tx.move(table, old, row);
                source.remove(id);
                source.put(to, row);
            }
        }
    }

    private void last(XlogScript.Transaction tx, int id, boolean gone) {
        Object[] old = source.get(id);
        Object[] row = fresh(id);
        if (old == null && gone) {
            tx.insert(table, row).delete(table, row);
            return;
        }
        if (old == null) {
            tx.insert(table, row);
        } else {
            tx.update(table, old, row);
        }
        source.put(id, row);
    }

    private void interfere() {
        int id = random.nextInt(KEYS);
        switch (random.nextInt(4)) {
            case 0 -> twin.sql("DELETE FROM t WHERE id = " + id);
            case 1 -> twin.sql("UPDATE t SET n = -1 WHERE id = " + id);
            case 2 -> twin.sql("UPDATE t SET v = 'local' WHERE id = " + id);
            default -> twin.sql("INSERT INTO t VALUES (" + id + ", 'local', -2) ON CONFLICT DO NOTHING");
        }
    }

    private List<String> rows() {
        return twin.rows("SELECT id, v, n FROM t ORDER BY id");
    }

    private List<String> expected() {
        return source.values().stream()
                .map(row -> row[0] + "|" + row[1] + "|" + row[2])
                .toList();
    }
}
