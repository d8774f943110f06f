package io.twinlog.applier.fold;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.xlog.MemorySink;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.Unchanged;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folding equals applying one by one, on a table in memory that has a column of its own. */
class FoldPropertyTest {

    private static final String DEFAULT = "default";

    /** The target: the source's columns and one more, which falls back to its default with every insert. */
    private record Row(Object[] values, String own) {}

    private final Map<Object, Row> target = new TreeMap<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(
            longs = {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
                29, 30
            })
    void folding_equals_applying_one_by_one(long seed) {
        Random random = new Random(seed);
        ReplicaIdentity identity = random.nextBoolean() ? ReplicaIdentity.FULL : ReplicaIdentity.KEY;
        MemorySink sink = new MemorySink();
        XlogScript script = new XlogScript("r", sink);
        script.epoch();
        TableScript table = script.table(
                shape(
                        "t",
                        identity,
                        key("id", XlogType.INT, "integer"),
                        column("a", XlogType.INT, "integer"),
                        column("b", XlogType.TEXT, "text")),
                1);
        Map<Object, Row> source = new TreeMap<>();
        for (int id = 0; id < 4; id++) {
            Object[] values = {id, random.nextInt(3), "big" + random.nextInt(3)};
            source.put(id, new Row(values, "kept"));
            target.put(id, new Row(values.clone(), "kept"));
        }
        history(random, script, table, source);

        List<XlogEvent> events = decode(sink);
        for (Segment segment : Segments.of(Unit.of(events))) {
            apply(segment);
        }

        assertThat(show(target)).isEqualTo(show(source));
    }

    private static void history(Random random, XlogScript script, TableScript table, Map<Object, Row> source) {
        for (int n = 0; n < 30; n++) {
            script.commit(tx -> {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    int id = random.nextInt(8);
                    Row row = source.get(id);
                    if (row == null) {
                        Object[] values = {id, random.nextInt(3), "big" + random.nextInt(3)};
                        source.put(id, new Row(values, DEFAULT));
                        tx.insert(table, values);
                    } else if (random.nextInt(4) == 0) {
                        source.remove(id);
                        tx.delete(table, row.values());
                    } else if (random.nextInt(6) == 0 && !source.containsKey(id + 100)) {
                        Object[] moved = {id + 100, random.nextInt(3), row.values()[2]};
                        source.remove(id);
                        source.put(id + 100, new Row(moved, row.own()));
                        Object[] logged = moved.clone();
                        logged[2] = Unchanged.UNCHANGED;
                        tx.move(table, row.values(), logged);
                    } else if (random.nextInt(30) == 0) {
                        source.clear();
                        tx.truncate(table);
                    } else {
                        Object[] values = row.values().clone();
                        values[1] = random.nextInt(3);
                        Object[] logged = values.clone();
                        if (random.nextBoolean()) {
                            values[2] = "big" + random.nextInt(3);
                            logged = values;
                        } else {
                            logged[2] = Unchanged.UNCHANGED;
                        }
                        source.put(id, new Row(values, row.own()));
                        tx.update(table, row.values(), logged);
                    }
                }
            });
        }
    }

    private static List<XlogEvent> decode(MemorySink sink) {
        EventDecoder decoder = new EventDecoder(sink.schemas());
        List<XlogEvent> events = new ArrayList<>();
        sink.data().forEach((partition, records) -> {
            for (int i = 0; i < records.size(); i++) {
                events.add(decoder.decode(
                        partition, i, records.get(i).key(), records.get(i).value()));
            }
        });
        events.sort(Comparator.comparing(XlogEvent::id));
        return events;
    }

    private void apply(Segment segment) {
        if (segment.kind() == Segment.Kind.TRUNCATE) {
            target.clear();
            return;
        }
        List<NetChange> changes = new ArrayList<>();
        segment.fold().tables().forEach(changes::addAll);
        Map<Object, Row> moved = new HashMap<>();
        for (NetChange change : changes) {
            switch (change.effect()) {
                case DELETE, REPLACE -> {
                    guard(change, true);
                    target.remove(change.key().value(0));
                }
                case MOVE -> {
                    guard(change, false);
                    moved.put(
                            change.after().source(0).value(0),
                            write(change, target.remove(change.key().value(0))));
                }
                case INSERT, SNAPSHOT, UPDATE, ABSENT -> {}
            }
        }
        target.putAll(moved);
        for (NetChange change : changes) {
            if (change.effect() == NetChange.Effect.UPDATE) {
                guard(change, false);
                target.computeIfPresent(change.key().value(0), (id, row) -> write(change, row));
            }
        }
        for (NetChange change : changes) {
            switch (change.effect()) {
                case INSERT, SNAPSHOT, REPLACE -> {
                    Object id = change.key().value(0);
                    assertThat(target).doesNotContainKey(id);
                    assertThat(change.after().isWhole()).isTrue();
                    target.put(id, new Row(values(change), DEFAULT));
                }
                case ABSENT -> assertThat(target).doesNotContainKey(change.key().value(0));
                case UPDATE, DELETE, MOVE -> {}
            }
        }
    }

    private void guard(NetChange change, boolean all) {
        Row present = target.get(change.key().value(0));
        assertThat(present).isNotNull();
        RowImage guard = change.guard();
        if (guard != null) {
            for (int i = 1; i < 3; i++) {
                if (all || change.changed().get(i)) {
                    assertThat(present.values()[i]).isEqualTo(guard.value(i));
                }
            }
        }
    }

    private static Row write(NetChange change, Row row) {
        Object[] values = row.values().clone();
        for (int i = 0; i < 3; i++) {
            if (change.changed().get(i)) {
                values[i] = change.after().source(i).value(i);
            }
        }
        return new Row(values, row.own());
    }

    private static Object[] values(NetChange change) {
        Object[] values = new Object[3];
        for (int i = 0; i < 3; i++) {
            values[i] = change.after().source(i).value(i);
        }
        return values;
    }

    private static List<String> show(Map<Object, Row> rows) {
        return rows.values().stream()
                .map(row -> Arrays.toString(row.values()) + " " + row.own())
                .toList();
    }
}
