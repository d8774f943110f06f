package io.twinlog.applier.replay;

import io.twinlog.applier.conflict.ConflictTopic;
import io.twinlog.applier.conflict.ResolutionOutbox;
import io.twinlog.applier.conflict.ResolutionTopic;
import io.twinlog.applier.held.HeldChains;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The conflicts of a replication with their present states, each once: what the topics say, corrected by what the target knows better. The
 * target decides what waits: a record that a crash left on the topics without a commit waits for nobody. Immutable.
 */
final class ConflictLedger {

    private final ConflictTopic conflicts;
    private final ResolutionTopic resolutions;

    ConflictLedger(String replication, Map<String, Object> kafka) {
        this.conflicts = new ConflictTopic(replication, kafka);
        this.resolutions = new ResolutionTopic(replication, kafka);
    }

    /**
     * What a target knows.
     *
     * @param applied the last event of the last transaction applied, or null before the first
     * @param chains the chain of every event that waits
     * @param heads the first event of each chain
     * @param decided what is decided and not yet published
     */
    record Witness(
            @Nullable EventId applied, Map<String, String> chains, Set<String> heads, Map<String, Resolution> decided) {

        /** Whether the target had passed the event when it was asked: otherwise it may wait in a chain by now. */
        boolean knows(EventId id) {
            return applied != null && id.compareTo(applied) <= 0;
        }

        /** Asks a target; null if no applier was ever there. */
        static @Nullable Witness ask(Connection connection, String progressName) throws SQLException {
            ProgressStore store = new ProgressStore(connection, progressName);
            StoredProgress progress = store.read();
            if (progress == null || !store.keepsConflicts()) {
                return null;
            }
            Map<String, String> chains = new HashMap<>();
            Set<String> heads = new HashSet<>();
            Set<String> begun = new HashSet<>();
            new HeldChains(connection, progressName).forEach((id, chain) -> {
                chains.put(id.toString(), chain);
                if (begun.add(chain)) {
                    heads.add(id.toString());
                }
            });
            return new Witness(
                    progress.appliedTo(progressName),
                    chains,
                    heads,
                    new ResolutionOutbox(connection, progressName).resolutions());
        }
    }

    /**
     * Reads the topics.
     *
     * @param witness what the target said before, or null: then states are as published
     * @param own which conflicts are the witness's
     */
    List<ConflictEntry> read(@Nullable Witness witness, Predicate<ConflictRecord> own) {
        Map<String, Resolution> published = resolutions.read();
        Map<String, ConflictEntry> entries = new LinkedHashMap<>();
        conflicts.forEachRecord(conflict -> {
            if (!own.test(conflict)) {
                return;
            }
            Resolution last = published.get(conflict.id());
            Resolution known = last == null ? Resolution.atDetection(conflict) : last;
            String chain = witness == null ? null : witness.chains().get(conflict.id());
            entries.put(
                    conflict.id(),
                    new ConflictEntry(
                            conflict.withoutImages(),
                            witness == null ? known : corrected(conflict.originalKey() != null, known, witness),
                            chain));
        });
        return List.copyOf(entries.values());
    }

    private static Resolution corrected(boolean keyed, Resolution known, Witness witness) {
        if (witness.chains().containsKey(known.id())) {
            ResolutionState state = witness.heads().contains(known.id()) ? ResolutionState.OPEN : ResolutionState.HELD;
            return state == known.state() ? known : with(known, state, known.reason());
        }
        Resolution decided = witness.decided().get(known.id());
        if (decided != null) {
            return decided;
        }
        boolean passed = witness.knows(EventId.parse(known.id()));
        // What has no key cannot be held; its record alone keeps it open.
        return known.state().isFinal() || !passed || !keyed ? known : with(known, ResolutionState.RESOLVED, VANISHED);
    }

    static final String VANISHED =
            "The applier met it once more after a restart, and then there was no conflict: it was applied";

    private static Resolution with(Resolution of, ResolutionState state, String reason) {
        return new Resolution(of.id(), state, of.actor(), reason, of.timeMicros(), of.policy(), of.attempt());
    }

    ConflictCount count(Connection connection, String progressName, Predicate<ConflictRecord> own) throws SQLException {
        ProgressStore store = new ProgressStore(connection, progressName);
        boolean known = store.read() != null && store.keepsConflicts();
        HeldChains.Size size = known ? new HeldChains(connection, progressName).size() : new HeldChains.Size(0, 0, 0);
        Set<String> elsewhere = new HashSet<>();
        resolutions.read().forEach((id, resolution) -> {
            if (!resolution.state().isFinal()) {
                elsewhere.add(id);
            }
        });
        long open = size.chains();
        if (elsewhere.size() > size.events() || !known) {
            // Not held by any key: without a key, or left by a crash.
            for (ConflictEntry entry : read(known ? Witness.ask(connection, progressName) : null, own)) {
                if (entry.chain() == null && entry.isOpen()) {
                    open++;
                }
            }
        }
        return new ConflictCount(open, size.keys(), size.events());
    }

    ConflictTopic topic() {
        return conflicts;
    }
}
