package io.twinlog.applier.target;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.held.HeldEvent;
import io.twinlog.applier.held.HeldKey;
import io.twinlog.applier.held.HeldKeys;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.wire.RecordHeader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a batch leaves behind beside rows: conflicts to be published, keys that are held from now on, events that wait. Everything can be
 * taken back to a {@link Mark}, as the rows can. Not thread-safe; owned by the writing thread.
 */
final class Ledger {

    private final HeldKeys held;
    private final ConflictDraft drafts;
    private final List<ConflictRecord> conflicts = new ArrayList<>();
    private final List<Resolution> superseded = new ArrayList<>();
    private @Nullable TableShape lastShape;
    private int lastHash;

    Ledger(HeldKeys held, ConflictDraft drafts) {
        this.held = held;
        this.drafts = drafts;
    }

    /** A place to go back to. */
    record Mark(int conflicts, HeldKeys.Mark held) {}

    /** How many conflicts there are so far. */
    int size() {
        return conflicts.size();
    }

    Mark mark() {
        return new Mark(conflicts.size(), held.mark());
    }

    void rollbackTo(Mark mark) {
        conflicts.subList(mark.conflicts(), conflicts.size()).clear();
        held.rollbackTo(mark.held());
    }

    /**
     * Begins a batch: finds out which of its keys are held.
     *
     * @param overrun tables to be paused, with the reason
     * @return whether the transaction has locked or written anything by it
     */
    boolean begin(BatchPlan plan, Map<TableId, String> overrun) throws SQLException {
        conflicts.clear();
        superseded.clear();
        held.begin();
        for (Map.Entry<TableId, String> table : overrun.entrySet()) {
            held.pause(table.getKey(), table.getValue());
        }
        if (held.isIdle()) {
            return false;
        }
        Set<TableId> tables = held.pausesAny() ? pausable(plan) : Set.of();
        if (!tables.isEmpty()) {
            held.lockTables(tables);
        }
        Set<HeldKey> keys = holdable(plan);
        if (!keys.isEmpty()) {
            held.lock(keys);
        }
        return !overrun.isEmpty() || !tables.isEmpty() || !keys.isEmpty();
    }

    private Set<TableId> pausable(BatchPlan plan) {
        Set<TableId> tables = new HashSet<>();
        TableShape last = null;
        for (BatchPlan.PlannedSegment planned : plan.segments()) {
            for (Unit unit : planned.segment().units()) {
                DataEvent data = unit.first().data();
                if (data == null || data.shape() != last) {
                    last = data == null ? null : data.shape();
                    TableId table = EventKeys.table(unit.first());
                    if (held.mayPause(table)) {
                        tables.add(table);
                    }
                }
            }
        }
        return tables;
    }

    // For every event while any key is held: so nothing is made of those that are not.
    private Set<HeldKey> holdable(BatchPlan plan) {
        Set<HeldKey> keys = new HashSet<>();
        for (BatchPlan.PlannedSegment planned : plan.segments()) {
            for (Unit unit : planned.segment().units()) {
                addHoldable(unit.first(), keys);
                if (unit.second() != null) {
                    addHoldable(unit.second(), keys);
                }
            }
        }
        return keys;
    }

    private void addHoldable(XlogEvent event, Set<HeldKey> keys) {
        byte[] key = event.key();
        if (key != null && RecordHeader.isPresent(key) && held.mayHold(tableHash(event), key)) {
            keys.add(HeldKey.of(EventKeys.table(event), key));
        }
    }

    private int tableHash(XlogEvent event) {
        DataEvent data = event.data();
        if (data == null) {
            return EventKeys.table(event).hashCode();
        }
        if (data.shape() != lastShape) {
            lastShape = data.shape();
            lastHash = lastShape.id().hashCode();
        }
        return lastHash;
    }

    /** Those of the units that need not wait; the others wait from now on. */
    List<Unit> admit(List<Unit> units) {
        if (!held.holdsAny()) {
            return units;
        }
        List<Unit> free = new ArrayList<>(units.size());
        for (Unit unit : units) {
            if (!waits(unit)) {
                free.add(unit);
            }
        }
        return free.size() == units.size() ? units : free;
    }

    /** Lets a unit wait if one of its keys is held. */
    boolean waits(Unit unit) {
        String chain = held.holdsAny() ? chain(unit) : null;
        if (chain == null) {
            return false;
        }
        for (XlogEvent event : unit.events()) {
            conflicts.add(drafts.behind(event, chain));
        }
        hold(unit, chain, ConflictKind.BEHIND);
        return true;
    }

    private @Nullable String chain(Unit unit) {
        String first = chain(unit.first());
        return first != null || unit.second() == null ? first : chain(unit.second());
    }

    private @Nullable String chain(XlogEvent event) {
        byte[] key = event.key();
        boolean maybe = key == null || !RecordHeader.isPresent(key) || held.mayWait(tableHash(event), key);
        return maybe ? held.chain(EventKeys.table(event), EventKeys.key(event)) : null;
    }

    // Both keys of a primary-key change wait in one chain.
    private void hold(Unit unit, String chain, ConflictKind kind) {
        for (XlogEvent event : unit.events()) {
            HeldKey key = EventKeys.key(event);
            if (key != null) {
                held.hold(key, chain);
            }
        }
        for (XlogEvent event : unit.events()) {
            HeldKey key = EventKeys.key(event);
            TableId table = EventKeys.table(event);
            ControlRecord begin = drafts.begin(event);
            held.append(new HeldEvent(
                    event.id(),
                    chain,
                    table,
                    key,
                    kind,
                    event.partition(),
                    event.offset(),
                    event.key(),
                    event.value(),
                    begin == null ? null : begin.position(),
                    begin == null ? null : begin.txId(),
                    begin == null ? null : begin.origin(),
                    begin == null ? 0 : begin.timeMicros()));
        }
    }

    /** Parks a unit with its records; its keys are held, so far as it has any. */
    void park(Unit unit, List<ConflictRecord> records) {
        String chain = unit.first().id().toString();
        for (ConflictRecord record : records) {
            conflicts.add(record.id().equals(chain) ? record : record.behind(chain));
        }
        if (!EventKeys.keys(unit).isEmpty()) {
            hold(unit, chain, records.get(0).kind());
        }
    }

    /** Notes records that a policy has settled. */
    void settle(List<ConflictRecord> records) {
        conflicts.addAll(records);
    }

    /** A TRUNCATE of the table is applied: what waits there is void. */
    void truncated(XlogEvent truncate) throws SQLException {
        for (EventId id : held.clear(EventKeys.table(truncate))) {
            superseded.add(new Resolution(
                    id.toString(),
                    ResolutionState.SUPERSEDED,
                    Resolution.APPLIER,
                    "TRUNCATE " + truncate.id() + " of the table came after it",
                    drafts.now(),
                    null,
                    1));
        }
    }

    /** Writes to the target what is held; false if there was nothing to write. */
    boolean flush() throws SQLException {
        return held.flush();
    }

    /** Whether a TRUNCATE would have to look for what waits. */
    boolean holdsNothing() {
        return held.isIdle();
    }

    void rolledBack() {
        held.rolledBack();
    }

    List<ConflictRecord> conflicts() {
        return List.copyOf(conflicts);
    }

    /** What became of the conflicts, and of those that a TRUNCATE ended, in order. */
    List<Resolution> resolutions() {
        List<Resolution> all = new ArrayList<>();
        conflicts.forEach(conflict -> all.add(Resolution.atDetection(conflict)));
        all.addAll(superseded);
        return all;
    }
}
