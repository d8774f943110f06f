package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Invariant 3: unique values change hands many times, within and across transactions and partitions; nothing is parked. */
class SwapIT {

    private static final int KEYS = 4000;
    private static final int IN_TRANSACTION = 40;

    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    int wanted() {
        return 100_000;
    }

    private final Random random = new Random(20_260_501);
    /** Value by key, as the source has it. */
    private final TreeMap<Integer, String> rows = new TreeMap<>();

    private int nextKey = KEYS;
    private int changes;

    @Test
    void unique_values_change_hands_many_times() {
        try (Twin twin = new Twin(vendor())) {
            twin.sql("CREATE TABLE u (id int PRIMARY KEY, v text UNIQUE)");
            XlogScript script = twin.script().epoch();
            TableScript u = script.table(
                    shape(
                            "u",
                            ReplicaIdentity.FULL,
                            key("id", XlogType.INT, "integer"),
                            column("v", XlogType.TEXT, "text")),
                    12);
            script.commit(tx -> {
                for (int id = 0; id < KEYS; id++) {
                    rows.put(id, "v" + id);
                    tx.insert(u, id, "v" + id);
                }
            });
            // What a transaction leaves for the next one to take over.
            List<Consumer<XlogScript.Transaction>> next = new ArrayList<>();
            while (changes < wanted() || !next.isEmpty()) {
                script.commit(tx -> {
                    next.forEach(step -> step.accept(tx));
                    next.clear();
                    for (int i = 0; i < IN_TRANSACTION && changes < wanted(); i++) {
                        change(tx, u, next);
                    }
                });
            }
            long start = System.nanoTime();
            twin.start().awaitApplied(Duration.ofSeconds(120));
            System.out.println("SwapIT: " + changes + " values changed hands in "
                    + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
            assertThat(twin.conflictKinds()).isEmpty();
            assertThat(twin.rows("SELECT id, v FROM u ORDER BY id"))
                    .isEqualTo(rows.entrySet().stream()
                            .map(row -> row.getKey() + "|" + row.getValue())
                            .toList());
        }
    }

    private void change(XlogScript.Transaction tx, TableScript u, List<Consumer<XlogScript.Transaction>> next) {
        switch (random.nextInt(100)) {
            // Two rows swap their values over a third value: together they are refused, one by one they pass.
            case 0, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99 -> {
                int a = any();
                int b = any();
                if (a != b) {
                    String ofA = rows.get(a);
                    String ofB = rows.get(b);
                    set(tx, u, a, "t" + changes);
                    set(tx, u, b, ofA);
                    set(tx, u, a, ofB);
                    changes += 2;
                }
            }
            // A row moves to another key and back is somebody else.
            case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> {
                int from = any();
                int to = nextKey++;
                tx.move(u, row(from, rows.get(from)), row(to, rows.get(from)));
                rows.put(to, rows.remove(from));
                changes++;
            }
            default -> {
                int giver = any();
                String value = rows.remove(giver);
                boolean deleted = random.nextBoolean();
                if (deleted) {
                    tx.delete(u, giver, value);
                } else {
                    // Its new value is nobody's; nobody else may touch the row before the taker has its value.
                    tx.update(u, row(giver, value), row(giver, "n" + changes));
                    rows.put(giver, "n" + changes);
                }
                int taker = deleted ? nextKey++ : -1;
                changes++;
                Consumer<XlogScript.Transaction> take = later -> {
                    if (taker >= 0) {
                        later.insert(u, taker, value);
                        rows.put(taker, value);
                    } else {
                        set(later, u, any(), value);
                    }
                };
                if (random.nextBoolean()) {
                    take.accept(tx);
                } else {
                    next.add(take);
                }
            }
        }
    }

    private int any() {
        Integer found = rows.ceilingKey(random.nextInt(nextKey));
        return found == null ? rows.firstKey() : found;
    }

    private void set(XlogScript.Transaction tx, TableScript u, int id, String value) {
        tx.update(u, row(id, rows.get(id)), row(id, value));
        rows.put(id, value);
    }

    private static Object[] row(Object... values) {
        return values;
    }
}
