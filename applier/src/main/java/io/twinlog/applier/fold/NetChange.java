package io.twinlog.applier.fold;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one key undergoes within a segment: the first before image guards, the last after image is written.
 *
 * <p>The guard of an update covers the union of the columns that its events changed, even one that was changed back:
 * applied one by one, each of these events would have looked at it.
 */
public final class NetChange {

    /** The effect on the row with the key. */
    public enum Effect {
        INSERT,
        /** A row of an initial sync: an insert that may meet the row where the operator allowed it. */
        SNAPSHOT,
        UPDATE,
        DELETE,
        /** Delete, then insert: columns that only the target has fall back to their defaults. */
        REPLACE,
        /** Inserted and deleted again: the key must be absent. */
        ABSENT,
        /** An update of the key: the row moves from the old to the new key. */
        MOVE
    }

    private final TableShape shape;
    private final List<XlogEvent> events = new ArrayList<>(1);
    private final BitSet changed = new BitSet();
    private Effect effect;
    private final @Nullable RowImage guard;
    private final RowImage key;
    private @Nullable NetRow after;

    private NetChange(TableShape shape, Effect effect, @Nullable RowImage guard, RowImage key, @Nullable NetRow after) {
        this.shape = shape;
        this.effect = effect;
        this.guard = guard;
        this.key = key;
        this.after = after;
    }

    static NetChange first(XlogEvent event) {
        DataEvent data = event.decoded();
        NetChange change = switch (data.operation()) {
            case INSERT -> new NetChange(data.shape(), Effect.INSERT, null, after(data), NetRow.of(after(data)));
            case SNAPSHOT -> new NetChange(data.shape(), Effect.SNAPSHOT, null, after(data), NetRow.of(after(data)));
            case UPDATE ->
                new NetChange(
                        data.shape(),
                        Effect.UPDATE,
                        full(data),
                        after(data),
                        NetRow.of(after(data), data.unchanged(), known(full(data))));
            case DELETE -> new NetChange(data.shape(), Effect.DELETE, full(data), before(data), null);
            case TRUNCATE -> throw new IllegalArgumentException("A truncate has no key");
        };
        change.events.add(event);
        if (data.operation() == Operation.UPDATE) {
            change.addChanged(data);
        }
        return change;
    }

    /** The update that two linked halves stand for. */
    static NetChange move(XlogEvent delete, XlogEvent insert) {
        DataEvent old = delete.decoded();
        DataEvent fresh = insert.decoded();
        RowImage from = before(old);
        RowImage to = after(fresh);
        RowImage guard = full(old);
        NetChange change =
                new NetChange(old.shape(), Effect.MOVE, guard, from, NetRow.of(to, fresh.unchanged(), known(guard)));
        change.events.add(delete);
        change.events.add(insert);
        List<ColumnShape> columns = old.shape().columns();
        for (int i = 0; i < columns.size(); i++) {
            ColumnShape column = columns.get(i);
            if (fresh.unchanged().contains(column.name())) {
                continue;
            }
            if (column.key() ? !from.sameValue(i, to) : guard == null || !guard.sameValue(i, to)) {
                change.changed.set(i);
            }
        }
        return change;
    }

    /** Takes in the next event of the key; false if together they have no single net change. */
    boolean add(XlogEvent event) {
        DataEvent data = event.decoded();
        Operation operation = data.operation();
        switch (effect) {
            case INSERT, REPLACE -> {
                if (operation == Operation.UPDATE) {
                    after = NetRow.of(after(data), data.unchanged(), after);
                } else if (operation == Operation.DELETE) {
                    effect = effect == Effect.INSERT ? Effect.ABSENT : Effect.DELETE;
                    after = null;
                } else {
                    return false;
                }
            }
            case UPDATE -> {
                if (operation == Operation.UPDATE) {
                    after = NetRow.of(after(data), data.unchanged(), after);
                    addChanged(data);
                } else if (operation == Operation.DELETE) {
                    effect = Effect.DELETE;
                    after = null;
                } else {
                    return false;
                }
            }
            case DELETE, ABSENT -> {
                if (operation != Operation.INSERT) {
                    return false;
                }
                effect = effect == Effect.DELETE ? Effect.REPLACE : Effect.INSERT;
                after = NetRow.of(after(data));
            }
            case SNAPSHOT, MOVE -> {
                return false;
            }
        }
        events.add(event);
        return true;
    }

    private void addChanged(DataEvent data) {
        RowImage before = full(data);
        RowImage to = after(data);
        List<ColumnShape> columns = shape.columns();
        for (int i = 0; i < columns.size(); i++) {
            boolean leftOut = !data.unchanged().isEmpty()
                    && data.unchanged().contains(columns.get(i).name());
            if (!columns.get(i).key() && !leftOut && (before == null || !before.sameValue(i, to))) {
                changed.set(i);
            }
        }
    }

    private static RowImage after(DataEvent data) {
        return Objects.requireNonNull(data.after(), "an insert or update without after image");
    }

    private static RowImage before(DataEvent data) {
        return Objects.requireNonNull(data.before(), "a delete without before image");
    }

    private static @Nullable RowImage full(DataEvent data) {
        return data.shape().identity() == ReplicaIdentity.FULL ? data.before() : null;
    }

    private static @Nullable NetRow known(@Nullable RowImage image) {
        return image == null ? null : NetRow.of(image);
    }

    public TableShape shape() {
        return shape;
    }

    public Effect effect() {
        return effect;
    }

    /**
     * The same without any comparison, as another effect: INSERT, UPDATE or DELETE of the row with the key before or, for an insert, after
     * the change. An update writes every column that is known.
     */
    public NetChange forced(Effect wanted) {
        NetRow row = after;
        RowImage keyed = wanted == Effect.INSERT && row != null ? row.source(shape.keyIndexes()[0]) : null;
        NetChange change = new NetChange(shape, wanted, null, keyed == null ? key : keyed, row);
        change.events.addAll(events);
        for (int i = 0; row != null && i < shape.columns().size(); i++) {
            boolean isKey = shape.columns().get(i).key();
            if (row.source(i) != null && (!isKey || effect == Effect.MOVE)) {
                change.changed.set(i);
            }
        }
        return change;
    }

    /** The events behind it, in order. */
    public List<XlogEvent> events() {
        return events;
    }

    /** The whole row before, to be compared with the target's; null where the source does not log it. */
    public @Nullable RowImage guard() {
        return guard;
    }

    /** An image that holds the key columns of the row to be found. */
    public RowImage key() {
        return key;
    }

    /** The row to be written; only for effects that write one. */
    public NetRow after() {
        return Objects.requireNonNull(after, "the effect writes no row");
    }

    /** UPDATE and MOVE: the columns to be set and, where there is a guard, compared. */
    public BitSet changed() {
        return changed;
    }
}
