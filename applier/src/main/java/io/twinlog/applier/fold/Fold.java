package io.twinlog.applier.fold;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.RecordHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Net changes per table and key.
 *
 * <p>Deletes run before updates before inserts. That equals the order of the events because the keys are distinct and
 * every net change is guarded by what its key held at first; only unique and exclusion constraints see the difference, and
 * their violation makes the caller apply the events one by one.
 */
public final class Fold {

    private final Map<TableId, TableFold> tables = new LinkedHashMap<>();
    private int events;

    private static final class TableFold {
        private final TableShape shape;
        private final Map<KeyBytes, NetChange> changes = new LinkedHashMap<>();

        TableFold(TableShape shape) {
            this.shape = shape;
        }
    }

    /** A key. Its hash is mixed, because neighbouring numbers differ in few bits and would share the places of a map. */
    private record KeyBytes(byte[] bytes, int start, int hash) {

        private static final int BYTE_FACTOR = 0x0100_0193;
        private static final int LAST_FACTOR = 0x85EB_CA6B;

        static KeyBytes of(XlogEvent event) {
            byte[] key = Objects.requireNonNull(event.key(), "a row event without key");
            int start = RecordHeader.length(key);
            int hash = 0;
            for (int i = start; i < key.length; i++) {
                hash = (hash ^ key[i]) * BYTE_FACTOR;
            }
            hash = (hash ^ hash >>> 16) * LAST_FACTOR;
            return new KeyBytes(key, start, hash ^ hash >>> 13);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof KeyBytes that
                    && hash == that.hash
                    && Arrays.equals(bytes, start, bytes.length, that.bytes, that.start, that.bytes.length);
        }
    }

    /** The net change of a single event. */
    public static NetChange single(XlogEvent event) {
        return NetChange.first(event);
    }

    /** The net change of a primary-key change. */
    public static NetChange move(XlogEvent delete, XlogEvent insert) {
        return NetChange.move(delete, insert);
    }

    /** Takes in an event; false if it must wait for what is folded so far. */
    public boolean add(XlogEvent event) {
        DataEvent data = event.decoded();
        TableFold table = tableOf(data.shape());
        if (table == null) {
            return false;
        }
        KeyBytes key = KeyBytes.of(event);
        NetChange change = table.changes.get(key);
        if (change == null) {
            table.changes.put(key, NetChange.first(event));
        } else if (!change.add(event)) {
            return false;
        }
        events++;
        return true;
    }

    /** Takes in a primary-key change; false if one of its keys was touched before. */
    public boolean addMove(XlogEvent delete, XlogEvent insert) {
        TableFold table = tableOf(delete.decoded().shape());
        if (table == null) {
            return false;
        }
        KeyBytes from = KeyBytes.of(delete);
        KeyBytes to = KeyBytes.of(insert);
        if (table.changes.containsKey(from) || table.changes.containsKey(to)) {
            return false;
        }
        NetChange move = NetChange.move(delete, insert);
        table.changes.put(from, move);
        table.changes.put(to, move);
        events += 2;
        return true;
    }

    private @org.jspecify.annotations.Nullable TableFold tableOf(TableShape shape) {
        TableFold table = tables.computeIfAbsent(shape.id(), id -> new TableFold(shape));
        return table.shape == shape || table.shape.equals(shape) ? table : null;
    }

    public boolean isEmpty() {
        return events == 0;
    }

    public int events() {
        return events;
    }

    /** The net changes, table by table, in the order in which their keys first appeared. */
    public Collection<List<NetChange>> tables() {
        List<List<NetChange>> all = new ArrayList<>();
        for (TableFold table : tables.values()) {
            List<NetChange> changes = new ArrayList<>(table.changes.size());
            Map<NetChange, Boolean> seen = new HashMap<>();
            for (NetChange change : table.changes.values()) {
                if (change.effect() != NetChange.Effect.MOVE || seen.put(change, true) == null) {
                    changes.add(change);
                }
            }
            if (!changes.isEmpty()) {
                all.add(changes);
            }
        }
        return all;
    }
}
