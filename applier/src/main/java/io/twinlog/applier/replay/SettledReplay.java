package io.twinlog.applier.replay;

import io.twinlog.applier.conflict.ConflictTopic;
import io.twinlog.applier.fold.Unit;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.ResolutionState;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides again on an event that holds no key: one that a policy had left out, or one without a key. Later events of its key may have been
 * applied; then it is superseded, for an older event never overwrites a newer row. Not thread-safe.
 *
 * <p>The progress is locked from before the look at the topic to the commit. So whatever the look does not find is applied after the commit,
 * over the row that this leaves, and compares itself with it.
 */
final class SettledReplay implements AutoCloseable {

    private final ReplayTarget target;
    private final String progressName;
    private final Decider decider;
    private final ConflictEntry entry;
    private final ConflictRecord record;
    private final Unit unit;
    private final LaterEvents later;

    SettledReplay(
            ReplayTarget target,
            String progressName,
            Decider decider,
            ConflictTopic topic,
            ConflictEntry entry,
            LaterEventsOf factory) {
        this.target = target;
        this.progressName = progressName;
        this.decider = decider;
        this.entry = entry;
        this.record = topic.find(entry.conflict().id()).orElseThrow();
        this.unit = unit(decider, topic, record);
        this.later = factory.of(new TableId(record.schema(), record.table()), unit.events());
        later.read();
    }

    /** Makes the reader of what came later. */
    @FunctionalInterface
    interface LaterEventsOf {
        LaterEvents of(TableId table, List<XlogEvent> events);
    }

    private static Unit unit(Decider decider, ConflictTopic topic, ConflictRecord record) {
        XlogEvent event = decider.decode(record);
        List<XlogEvent> events = new ArrayList<>();
        events.add(event);
        if (event.data() != null && event.data().linkedKey() != null) {
            boolean first = Unit.opensMove(event);
            XlogEvent other = topic.find(neighbour(event.id(), first ? 1 : -1).toString())
                    .map(decider::decode)
                    .orElse(null);
            if (other != null) {
                events.add(first ? 1 : 0, other);
            }
        }
        return Unit.of(events).get(0);
    }

    private static EventId neighbour(EventId id, int distance) {
        return new EventId(id.epoch(), id.seq(), id.ordinal() + distance);
    }

    /** Decides in the present transaction; the caller commits it. */
    List<ReplayOutcome> decide() throws SQLException {
        ProgressStore store = new ProgressStore(target.connection(), progressName);
        store.lock();
        StoredProgress progress = Objects.requireNonNull(store.read(), "the progress of a conflict");
        later.read();
        List<ReplayOutcome> outcomes = new ArrayList<>();
        @Nullable EventId newer = later.upTo(progress.appliedTo(progressName));
        if (newer != null) {
            String why = "A later event of its key, " + newer + ", is applied already";
            if (entry.state() == ResolutionState.SUPERSEDED) {
                return List.of(ReplayOutcome.unchanged(entry, why));
            }
            for (XlogEvent event : unit.events()) {
                outcomes.add(decider.superseded(event.id(), new TableId(record.schema(), record.table()), why));
            }
            return outcomes;
        }
        decider.decide(unit, record, entry, outcomes);
        return outcomes;
    }

    @Override
    public void close() {
        later.close();
    }
}
