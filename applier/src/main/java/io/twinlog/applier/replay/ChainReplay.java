package io.twinlog.applier.replay;

import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.held.HeldChain;
import io.twinlog.applier.held.HeldChains;
import io.twinlog.applier.held.HeldEvent;
import io.twinlog.applier.held.HeldKey;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.applier.target.ReplayTarget.Decision;
import io.twinlog.applier.target.RunLength;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Releases one chain, page by page, each page a transaction: its events in order, each decided again, until one of them is a conflict that
 * must wait. What is behind that one goes on to wait; in the chain of a paused table only what has the same key. Not thread-safe.
 *
 * <p>The chain is locked from the beginning of a page to its commit, so the applier neither appends to it nor passes it; an event is
 * taken out of the chain in the transaction that applies it (invariant 9, and 5).
 */
final class ChainReplay {

    /** More than a batch of the applier may add between two pages: so a chain gets shorter under any load. */
    private static final int PAGE = 20_000;

    private static final long PAGE_BYTES = 16L << 20;

    private final ReplayTarget target;
    private final String progressName;
    private final Decider decider;
    private final Set<String> selected;
    private final boolean discards;
    private final String chain;
    private final boolean table;
    private final RunLength runs = new RunLength();

    /**
     * @param chain as {@code twinlog.held_key} names it
     * @param selected ids of the events that the operator named
     */
    ChainReplay(
            ReplayTarget target,
            String progressName,
            Decider decider,
            Set<String> selected,
            boolean discards,
            String chain) {
        this.target = target;
        this.progressName = progressName;
        this.decider = decider;
        this.selected = selected;
        this.discards = discards;
        this.chain = chain;
        this.table = HeldChain.isTable(chain);
    }

    /** The name of its chain. */
    String chain() {
        return chain;
    }

    /**
     * Where the next page goes on.
     *
     * @param after the last event that was looked at
     * @param begun whether the head was the operator's, so that what follows is released
     * @param blocked whether an event of the chain must wait, and so all behind it
     * @param done whether there is no next page
     */
    record Place(@Nullable EventId after, boolean begun, boolean blocked, boolean done, List<ReplayOutcome> outcomes) {

        static final Place BEGIN = new Place(null, false, false, false, List.of());
    }

    /** Does one page in the present transaction; the caller commits it, or takes it back and tries again from the same place. */
    Place page(Place from) throws SQLException {
        HeldChains chains = new HeldChains(target.connection(), progressName);
        List<ReplayOutcome> outcomes = new ArrayList<>();
        if (!chains.lockChain(chain)) {
            return new Place(from.after(), from.begun(), from.blocked(), true, outcomes);
        }
        List<HeldEvent> page = chains.events(chain, from.after(), PAGE, PAGE_BYTES);
        if (page.size() == 1) {
            // Maybe one half of a primary-key change.
            page = chains.events(chain, from.after(), 2, Long.MAX_VALUE);
        }
        List<Waiting> units = units(page);
        EventId after = from.after();
        boolean begun = from.begun();
        boolean blocked = from.blocked();
        int at = 0;
        while (at < units.size()) {
            int together = begun && !blocked ? releaseTogether(chains, units.subList(at, units.size()), outcomes) : 0;
            if (together > 0) {
                at += together;
                after = units.get(at - 1).last();
                continue;
            }
            Waiting unit = units.get(at++);
            after = unit.last();
            boolean named = isNamed(unit);
            if (named && discards) {
                decider.discarded(unit, outcomes);
                remove(chains, List.of(unit));
                begun |= !blocked;
            } else if (blocked || !(begun || named)) {
                blocked = true;
                if (named) {
                    outcomes.addAll(decider.waiting(unit, "It waits behind an earlier event of its key"));
                }
            } else {
                begun = true;
                blocked = !pass(chains, unit, named, outcomes);
            }
        }
        boolean released = !blocked && chains.release(chain);
        boolean more = !released && !page.isEmpty() && !(blocked && selectedIsTold(outcomes, from));
        return new Place(after, begun, blocked, !more, outcomes);
    }

    private boolean isNamed(Waiting unit) {
        return unit.ids().stream().anyMatch(id -> selected.contains(id.toString()));
    }

    // What follows usually meets the row that what was before it has left. So it is applied as a batch is; where that
    // does not work, in shorter runs up to the unit that is to blame. Returns how many units are done.
    private int releaseTogether(HeldChains chains, List<Waiting> units, List<ReplayOutcome> outcomes)
            throws SQLException {
        int length = together(chains, units.subList(0, Math.min(units.size(), runs.limit())));
        for (int tried = length; length > 1; length /= 2) {
            List<Waiting> run = units.subList(0, length);
            if (decider.applyAll(run, selected, outcomes)) {
                remove(chains, run);
                runs.passed(length);
                return length;
            }
            if (length == tried) {
                runs.refused(length);
            }
        }
        return 0;
    }

    // How many units from the first one may go together.
    private int together(HeldChains chains, List<Waiting> units) throws SQLException {
        if (decider.isDryRun()) {
            return 0;
        }
        int count = 0;
        while (count < units.size()) {
            Waiting unit = units.get(count);
            boolean alone = unit.unit().isTruncate()
                    || unit.unit().isUndecodable()
                    || (isNamed(unit) && (discards || decider.edits()));
            if (alone) {
                break;
            }
            count++;
        }
        if (table && count > 0) {
            List<HeldKey> keys = new ArrayList<>();
            units.subList(0, count).forEach(unit -> keys.addAll(unit.keys()));
            Map<HeldKey, String> held = chains.chainsOf(keys);
            held.values().removeIf(chain::equals);
            for (int i = 0; i < count; i++) {
                if (units.get(i).keys().stream().anyMatch(held::containsKey)) {
                    return i;
                }
            }
        }
        return count;
    }

    private boolean selectedIsTold(List<ReplayOutcome> now, Place from) {
        Set<String> told = new HashSet<>();
        from.outcomes().forEach(outcome -> told.add(outcome.id()));
        now.forEach(outcome -> told.add(outcome.id()));
        return told.containsAll(selected);
    }

    /** A unit with what is stored of it. */
    record Waiting(Unit unit, List<HeldEvent> held) {

        List<EventId> ids() {
            return held.stream().map(HeldEvent::id).toList();
        }

        EventId last() {
            return held.get(held.size() - 1).id();
        }

        List<HeldKey> keys() {
            return held.stream()
                    .map(HeldEvent::key)
                    .filter(Objects::nonNull)
                    .map(Objects::requireNonNull)
                    .toList();
        }
    }

    // A pair of linked halves is never cut by the end of a page.
    private List<Waiting> units(List<HeldEvent> page) {
        Map<EventId, HeldEvent> held = new HashMap<>();
        List<XlogEvent> events = new ArrayList<>();
        for (HeldEvent event : page) {
            held.put(event.id(), event);
            events.add(decider.decode(event));
        }
        List<Waiting> units = new ArrayList<>();
        for (Unit unit : Unit.of(events)) {
            units.add(new Waiting(
                    unit,
                    unit.events().stream()
                            .map(event -> Objects.requireNonNull(held.get(event.id())))
                            .toList()));
        }
        if (units.size() > 1) {
            Unit last = units.get(units.size() - 1).unit();
            if (last.second() == null && Unit.opensMove(last.first())) {
                units.remove(units.size() - 1);
            }
        }
        return units;
    }

    // False if what is behind it must wait.
    private boolean pass(HeldChains chains, Waiting unit, boolean named, List<ReplayOutcome> outcomes)
            throws SQLException {
        if (table) {
            String other = chains.otherChain(unit.keys(), chain);
            if (other != null) {
                chains.moveTo(other, unit.ids(), unit.keys());
                outcomes.addAll(decider.waiting(unit, "It waits behind conflict " + other + " of its key"));
                return true;
            }
            if (unit.unit().isTruncate()) {
                HeldEvent truncate = unit.held().get(0);
                for (EventId id : chains.clearBefore(truncate.table(), truncate.id(), chain)) {
                    outcomes.add(decider.superseded(
                            id, truncate.table(), "TRUNCATE " + truncate.id() + " of the table came after it"));
                }
            }
        }
        Decision decision = decider.decide(unit.unit(), unit.held(), named, outcomes);
        if (decision.settled()) {
            remove(chains, List.of(unit));
            return true;
        }
        ConflictKind kind = decision.kind();
        for (EventId id : unit.ids()) {
            chains.found(id, kind);
        }
        if (table && !unit.keys().isEmpty()) {
            chains.moveTo(unit.ids().get(0).toString(), unit.ids(), unit.keys());
            return true;
        }
        return false;
    }

    private static void remove(HeldChains chains, List<Waiting> units) throws SQLException {
        List<EventId> ids = new ArrayList<>();
        units.forEach(unit -> ids.addAll(unit.ids()));
        int removed = chains.remove(ids);
        if (removed != ids.size()) {
            throw new IllegalStateException(ids.size() - removed + " events from " + ids.get(0)
                    + " on left their chain although that is locked");
        }
    }
}
