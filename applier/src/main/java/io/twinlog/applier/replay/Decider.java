package io.twinlog.applier.replay;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.conflict.ResolutionOutbox;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.held.HeldEvent;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.applier.target.ReplayTarget.Decision;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Decides on units by an order, and writes every decision into the outbox. Used for one call, by one thread. */
final class Decider {

    private final ReplayTarget target;
    private final String progressName;
    private final EventDecoder decoder;
    private final ReplayOrder order;
    private final ConflictRules rules;
    private final ConflictRules given;
    private final Map<String, ConflictEntry> entries;
    private final Clock clock;

    /**
     * @param rules the policies configured
     * @param entries what is known of each conflict, by its id
     */
    Decider(
            ReplayTarget target,
            String progressName,
            EventDecoder decoder,
            ReplayOrder order,
            ConflictRules rules,
            Map<String, ConflictEntry> entries,
            Clock clock) {
        this.target = target;
        this.progressName = progressName;
        this.decoder = decoder;
        this.order = order;
        this.rules = rules.withoutStop();
        this.given = order.policy() == null ? this.rules : rules.given(order.policy());
        this.entries = entries;
        this.clock = clock;
    }

    XlogEvent decode(HeldEvent held) {
        return decoder.decode(held.partition(), held.offset(), held.rawKey(), held.rawValue());
    }

    XlogEvent decode(ConflictRecord record) {
        return decoder.decode(
                new org.apache.kafka.common.TopicPartition(record.topic(), record.partition()),
                record.offset(),
                record.originalKey(),
                record.originalValue());
    }

    /** Decides on a unit of a chain. */
    Decision decide(Unit unit, List<HeldEvent> held, boolean named, List<ReplayOutcome> outcomes) throws SQLException {
        HeldEvent first = held.get(0);
        ControlRecord begin = begin(first.id(), first.position(), first.txId(), first.origin(), first.commitMicros());
        return decide(unit, seq -> begin, first.kind(), ResolutionState.HELD, named, outcomes);
    }

    /** Decides on a unit that holds no key. */
    void decide(Unit unit, ConflictRecord record, ConflictEntry entry, List<ReplayOutcome> outcomes)
            throws SQLException {
        Long txId = record.txId() == null ? null : Long.valueOf(record.txId());
        ControlRecord begin = begin(unit.first().id(), record.position(), txId, record.origin(), record.commitMicros());
        Decision unused = decide(unit, seq -> begin, record.kind(), entry.state(), true, outcomes);
    }

    private static ControlRecord begin(
            EventId id, @Nullable String position, @Nullable Long txId, @Nullable String origin, long commitMicros) {
        return new ControlRecord(
                ControlKind.BEGIN,
                id.epoch(),
                id.seq(),
                position,
                txId,
                commitMicros,
                origin,
                0,
                List.of(),
                0,
                null,
                Map.of());
    }

    private Decision decide(
            Unit unit,
            LongFunction<@Nullable ControlRecord> begins,
            ConflictKind before,
            ResolutionState stateBefore,
            boolean named,
            List<ReplayOutcome> outcomes)
            throws SQLException {
        Unit wanted = named && !order.set().isEmpty() ? EditedUnit.of(unit, order.set()) : unit;
        Decision decision = target.decide(wanted, begins, named ? given : rules, order.dryRun());
        // What was settled once is not opened again: its row goes on without it.
        boolean changed = stateBefore.isFinal()
                ? decision.settled() && !decision.isKept()
                : decision.settled() || decision.kind() != before;
        Map<String, @Nullable String> incoming = order.dryRun() ? EditedUnit.incoming(wanted) : null;
        List<Map<String, @Nullable String>> removed = new ArrayList<>();
        if (order.dryRun() && decision.settled() && !decision.isKept()) {
            decision.conflicts().forEach(conflict -> removed.addAll(conflict.blocking()));
        }
        for (int i = 0; i < unit.events().size(); i++) {
            XlogEvent event = unit.events().get(i);
            ResolutionState state = decision.settled()
                    ? ResolutionState.RESOLVED
                    : stateBefore.isFinal() ? stateBefore : i == 0 ? ResolutionState.OPEN : ResolutionState.HELD;
            Resolution resolution = resolution(event.id(), state, decision.policy(), decision.reason());
            if (changed) {
                ConflictRecord found = decision.conflicts().isEmpty()
                        ? null
                        : decision.conflicts().get(i).attempt(resolution.attempt());
                outbox().add(found, resolution);
            }
            outcomes.add(new ReplayOutcome(
                    event.id().toString(),
                    table(event),
                    decision.conflicts().isEmpty() && decision.settled() ? ConflictKind.BEHIND : decision.kind(),
                    state,
                    changed,
                    named,
                    decision.policy(),
                    decision.reason(),
                    i == 0 ? decision.now() : null,
                    i == 0 ? incoming : null,
                    i == 0 ? decision.result() : null,
                    i == 0 ? removed : List.of()));
        }
        return decision;
    }

    /** Whether it decides otherwise on events that are named than on others, even where they meet the row that they expect. */
    boolean edits() {
        return !order.set().isEmpty();
    }

    /** Whether it is only asked what it would do. */
    boolean isDryRun() {
        return order.dryRun();
    }

    /**
     * Applies units in order, as far as all of them meet the rows that they expect.
     *
     * @param named ids of those that the operator named
     * @return false if one of them does not; then nothing was done
     */
    boolean applyAll(List<ChainReplay.Waiting> units, Set<String> named, List<ReplayOutcome> outcomes)
            throws SQLException {
        if (!target.applyAll(units.stream().map(ChainReplay.Waiting::unit).toList())) {
            return false;
        }
        List<Resolution> resolutions = new ArrayList<>();
        for (ChainReplay.Waiting unit : units) {
            for (HeldEvent held : unit.held()) {
                String id = held.id().toString();
                Resolution resolution = resolution(held.id(), ResolutionState.RESOLVED, null, ReplayTarget.AS_EXPECTED);
                resolutions.add(resolution);
                outcomes.add(new ReplayOutcome(
                        id,
                        held.table(),
                        ConflictKind.BEHIND,
                        ResolutionState.RESOLVED,
                        true,
                        named.contains(id),
                        null,
                        ReplayTarget.AS_EXPECTED,
                        null,
                        null,
                        null,
                        List.of()));
            }
        }
        outbox().addAll(resolutions);
        return true;
    }

    private TableId table(XlogEvent event) {
        if (event.data() != null) {
            return event.data().shape().id();
        }
        ConflictEntry entry = entries.get(event.id().toString());
        return entry == null
                ? new TableId("", event.partition().topic())
                : new TableId(entry.conflict().schema(), entry.conflict().table());
    }

    /** Writes down that a unit is given up. */
    void discarded(ChainReplay.Waiting unit, List<ReplayOutcome> outcomes) throws SQLException {
        for (HeldEvent held : unit.held()) {
            outcomes.add(settle(held.id(), held.table(), held.kind(), ResolutionState.DISCARDED, order.reason(), true));
        }
    }

    /** Writes down that a conflict that is held nowhere is given up. */
    ReplayOutcome discarded(ConflictEntry entry) throws SQLException {
        ConflictRecord conflict = entry.conflict();
        return settle(
                entry.id(),
                new TableId(conflict.schema(), conflict.table()),
                conflict.kind(),
                ResolutionState.DISCARDED,
                order.reason(),
                true);
    }

    /** Writes down that something later has made an event void. */
    ReplayOutcome superseded(EventId id, TableId table, String why) throws SQLException {
        return settle(id, table, ConflictKind.BEHIND, ResolutionState.SUPERSEDED, order.reason(why), true);
    }

    /** Writes down that an event has been applied without anybody saying so. */
    ReplayOutcome vanished(ConflictEntry entry) throws SQLException {
        ConflictRecord conflict = entry.conflict();
        return settle(
                entry.id(),
                new TableId(conflict.schema(), conflict.table()),
                conflict.kind(),
                ResolutionState.RESOLVED,
                ConflictLedger.VANISHED,
                true);
    }

    private ReplayOutcome settle(
            EventId id, TableId table, ConflictKind kind, ResolutionState state, String reason, boolean named)
            throws SQLException {
        outbox().add(null, resolution(id, state, null, reason));
        return new ReplayOutcome(
                id.toString(), table, kind, state, true, named, null, reason, null, null, null, List.of());
    }

    /** What waits on, unchanged. */
    List<ReplayOutcome> waiting(ChainReplay.Waiting unit, String why) {
        return unit.held().stream()
                .map(held -> new ReplayOutcome(
                        held.id().toString(),
                        held.table(),
                        held.kind(),
                        ResolutionState.HELD,
                        false,
                        true,
                        null,
                        why,
                        null,
                        null,
                        null,
                        List.of()))
                .toList();
    }

    private Resolution resolution(EventId id, ResolutionState state, @Nullable ConflictPolicy policy, String reason) {
        ConflictEntry entry = entries.get(id.toString());
        int attempt = entry == null ? 2 : entry.resolution().attempt() + 1;
        return new Resolution(
                id.toString(),
                state,
                order.actor(),
                state == ResolutionState.RESOLVED ? order.reason(reason) : reason,
                ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()),
                policy,
                attempt);
    }

    private ResolutionOutbox outbox() {
        return new ResolutionOutbox(target.connection(), progressName);
    }
}
