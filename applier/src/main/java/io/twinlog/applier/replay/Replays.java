package io.twinlog.applier.replay;

import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.Failures;
import io.twinlog.applier.Targets;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The conflicts of a replication, whose target keeps one progress, or, where a sink applies in key order, one for each partition with
 * held keys of its own. Asks the target at every call which of them there are. Safe for many threads.
 *
 * @see Replay
 */
public final class Replays {

    private final ApplierConfig config;

    public Replays(ApplierConfig config) {
        this.config = config;
    }

    /** As {@link Replay#list}. */
    public List<ConflictEntry> list(Selection selection) {
        List<ConflictEntry> entries = new ArrayList<>();
        for (Replay replay : byProgress().values()) {
            entries.addAll(replay.list(selection));
        }
        entries.sort((a, b) -> a.id().compareTo(b.id()));
        return entries;
    }

    /** As {@link Replay#count}. */
    public ConflictCount count() {
        ConflictCount sum = new ConflictCount(0, 0, 0);
        for (Replay replay : byProgress().values()) {
            ConflictCount count = replay.count();
            sum = new ConflictCount(
                    sum.open() + count.open(), sum.heldKeys() + count.heldKeys(), sum.waiting() + count.waiting());
        }
        return sum;
    }

    /** As {@link Replay#replay}. */
    public List<ReplayOutcome> replay(Selection selection, ReplayOrder order) {
        Map<String, Replay> replays = byProgress();
        if (replays.size() == 1) {
            return replays.values().iterator().next().replay(selection, order);
        }
        Map<String, Set<String>> chosen = new HashMap<>();
        Set<String> unknown = new HashSet<>(selection.ids());
        for (Map.Entry<String, Replay> entry : replays.entrySet()) {
            for (ConflictEntry listed : entry.getValue().list(selection)) {
                unknown.remove(listed.conflict().id());
                chosen.computeIfAbsent(entry.getKey(), name -> new HashSet<>())
                        .add(listed.conflict().id());
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownConflictException(new TopicNames(config.replication()).conflicts(), List.copyOf(unknown));
        }
        List<ReplayOutcome> outcomes = new ArrayList<>();
        replays.forEach((name, replay) -> {
            Set<String> ids = chosen.getOrDefault(name, Set.of());
            if (!ids.isEmpty()) {
                outcomes.addAll(replay.replay(selection.ids().isEmpty() ? selection : selection.only(ids), order));
            }
        });
        return outcomes;
    }

    private Map<String, Replay> byProgress() {
        List<String> names = names();
        String plain = config.replication();
        Set<String> ofPartitions = new HashSet<>(names);
        ofPartitions.remove(plain);
        Map<String, Replay> replays = new LinkedHashMap<>();
        if (ofPartitions.isEmpty() || names.contains(plain)) {
            replays.put(plain, new Replay(config, plain, conflict -> !ofPartitions.contains(nameOf(conflict))));
        }
        // Conflicts are read anew for each, so only those that have some are asked.
        Set<String> known = new HashSet<>();
        if (!ofPartitions.isEmpty()) {
            Replay.published(plain, config.kafka(), Selection.ALL)
                    .forEach(entry -> known.add(nameOf(entry.conflict())));
        }
        for (String name : names) {
            if (ofPartitions.contains(name) && known.contains(name)) {
                replays.put(
                        name,
                        new Replay(config, name, conflict -> nameOf(conflict).equals(name)));
            }
        }
        return replays;
    }

    private String nameOf(ConflictRecord conflict) {
        return config.replication() + "/" + conflict.topic() + "-" + conflict.partition();
    }

    private List<String> names() {
        try (Connection connection = Targets.of(config, config.replication()).connect("conflicts")) {
            connection.setReadOnly(true);
            return ProgressStore.names(connection, config.replication());
        } catch (SQLException e) {
            throw Failures.classify(e);
        }
    }
}
