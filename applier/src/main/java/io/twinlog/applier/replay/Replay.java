package io.twinlog.applier.replay;

import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.ExistingRows;
import io.twinlog.applier.Failures;
import io.twinlog.applier.Targets;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.applier.conflict.ConflictTopic;
import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.replay.ReplayOrder.Action;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.registry.SchemaTopicReader;
import io.twinlog.schemas.registry.Schemas;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The conflicts of a replication: lists them, decides again, gives up. Works while the applier runs, in this process or another one, and
 * while it does not. Every call opens and closes what it needs; safe for many threads, of which one works and the others wait.
 *
 * <p>All methods throw {@link TwinlogException}: OUTAGE where Kafka or the target does not answer, TRANSIENT where locks could not be had
 * in {@value ReplayTransaction#ATTEMPTS} attempts, CONFIG where the order makes no sense. Calling again is always right.
 */
public final class Replay {

    /** Their keys are locked together: what the applier has for them must wait for so long. */
    private static final int CHAINS_AT_ONCE = 200;

    private final ApplierConfig config;
    private final String progressName;
    private final TopicNames topics;
    private final KafkaClients clients;
    private final ConflictLedger ledger;
    private final Clock clock;
    private final Runnable beforePublication;
    private final Predicate<ConflictRecord> own;

    /** Beside an applier that reads Kafka itself. */
    public Replay(ApplierConfig config) {
        this(config, config.replication(), conflict -> true);
    }

    /**
     * @param progressName under which the target keeps progress and held keys: {@link io.twinlog.applier.Inlet#progressName}
     * @param own which of the replication's conflicts are those of this progress
     */
    Replay(ApplierConfig config, String progressName, Predicate<ConflictRecord> own) {
        this(config, progressName, own, Clock.systemUTC(), () -> {});
    }

    /** @param beforePublication runs between the target's commit and the publication */
    Replay(
            ApplierConfig config,
            String progressName,
            Predicate<ConflictRecord> own,
            Clock clock,
            Runnable beforePublication) {
        this.config = config;
        this.progressName = progressName;
        this.own = own;
        this.topics = new TopicNames(config.replication());
        this.clients = new KafkaClients(config.replication(), config.kafka());
        this.ledger = new ConflictLedger(config.replication(), config.kafka());
        this.clock = clock;
        this.beforePublication = beforePublication;
    }

    /** The conflicts selected, oldest first, whatever their state; without images. Changes nothing. */
    public List<ConflictEntry> list(Selection selection) {
        return asking(() -> {
            try (Connection connection = Targets.of(config, progressName).connect("conflicts")) {
                connection.setReadOnly(true);
                return ledger.read(ConflictLedger.Witness.ask(connection, progressName), own).stream()
                        .filter(entry -> selection.matches(entry.conflict()))
                        .sorted((a, b) -> a.id().compareTo(b.id()))
                        .toList();
            }
        });
    }

    /** How much waits for somebody. Changes nothing, and reads no conflict unless a crash has left doubts about its state. */
    public ConflictCount count() {
        return asking(() -> {
            try (Connection connection = Targets.of(config, progressName).connect("conflicts")) {
                connection.setReadOnly(true);
                return ledger.count(connection, progressName, own);
            }
        });
    }

    /**
     * The conflicts selected, in their states as published: for those who cannot ask the target. Changes nothing.
     *
     * @param kafka settings of Kafka's clients
     */
    public static List<ConflictEntry> published(String replication, Map<String, Object> kafka, Selection selection) {
        return asking(() -> new ConflictLedger(replication, kafka)
                .read(null, conflict -> true).stream()
                        .filter(entry -> selection.matches(entry.conflict()))
                        .sorted((a, b) -> a.id().compareTo(b.id()))
                        .toList());
    }

    /** One conflict with its images, or null if there is none with this id. Changes nothing. */
    public @Nullable ConflictEntry find(String id) {
        List<ConflictEntry> entries = list(Selection.of(id));
        return entries.isEmpty() ? null : whole(config.replication(), config.kafka(), entries.get(0));
    }

    /** An entry of a list with its images. Changes nothing. */
    public static ConflictEntry whole(String replication, Map<String, Object> kafka, ConflictEntry listed) {
        ConflictRecord found = asking(() -> new ConflictTopic(replication, kafka)
                .find(listed.conflict().id())
                .orElseThrow());
        return new ConflictEntry(found, listed.resolution(), listed.chain());
    }

    /**
     * Carries out an order on the conflicts selected that are open; on others only where the selection names them by id.
     *
     * @return what became of each event that was looked at, in order, those that waited behind the ones selected among them
     * @throws UnknownConflictException if an id is on no topic; then nothing was done
     */
    public List<ReplayOutcome> replay(Selection selection, ReplayOrder order) {
        if (order.action() == Action.DISCARD && order.reason().isBlank()) {
            throw new TwinlogException(Category.CONFIG, "A conflict is given up for a reason: none was given");
        }
        requireRule(order.policy());
        return asking(() -> {
            OutboxPublication publication = new OutboxPublication(clients, topics, progressName, this::registry);
            try (ReplayTarget target = open()) {
                if (!order.dryRun()) {
                    publication.publish(target);
                }
                List<ReplayOutcome> outcomes = replay(selection, order, target);
                if (!order.dryRun()) {
                    beforePublication.run();
                    publication.publish(target);
                }
                return outcomes;
            }
        });
    }

    private void requireRule(@Nullable ConflictPolicy policy) {
        if (policy == null) {
            return;
        }
        if (policy == ConflictPolicy.STOP) {
            throw new TwinlogException(Category.CONFIG, "A replay cannot follow the policy stop");
        }
        String lacking = ConflictRules.lackingAsFallback(policy);
        boolean ruled = config.conflicts().rules().stream().anyMatch(rule -> rule.policy() == policy);
        if (lacking != null && !ruled) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "The policy " + policy.label() + " needs a rule that names its " + lacking
                            + ": add one with this policy to conflicts.rules");
        }
    }

    private List<ReplayOutcome> replay(Selection selection, ReplayOrder order, ReplayTarget target)
            throws SQLException {
        // The target first: what it says to wait and the topics then say to be settled was settled in between.
        ConflictLedger.Witness witness = ConflictLedger.Witness.ask(target.connection(), progressName);
        target.rollback();
        Map<String, ConflictEntry> all = new HashMap<>();
        ledger.read(witness, own).forEach(entry -> all.put(entry.conflict().id(), entry));
        List<ConflictEntry> chosen = choose(selection, all, witness);
        if (witness == null || chosen.isEmpty()) {
            return List.of();
        }
        if (!order.set().isEmpty() && chosen.size() != 1) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Values can be set for a single conflict only; " + chosen.size() + " are selected");
        }
        List<ReplayOutcome> outcomes = new ArrayList<>();
        try (SchemaTopicReader schemas = new SchemaTopicReader(clients.consumer(), topics.schemas())) {
            EventDecoder decoder = new EventDecoder(new Schemas(schemas, registry()));
            Decider decider = new Decider(target, progressName, decoder, order, config.conflicts(), all, clock);
            Map<String, Set<String>> chains = new LinkedHashMap<>();
            for (ConflictEntry entry : chosen) {
                String chain = entry.chain();
                if (chain == null && !isKnown(entry, witness)) {
                    continue;
                }
                if (chain == null) {
                    outcomes.addAll(settled(entry, order, target, decider, decoder, outcomes));
                } else {
                    chains.computeIfAbsent(chain, name -> new HashSet<>())
                            .add(entry.conflict().id());
                }
            }
            ChainRelease release = new ChainRelease(target, progressName, order.dryRun());
            List<ChainReplay> together = new ArrayList<>();
            for (Map.Entry<String, Set<String>> chain : chains.entrySet()) {
                boolean discards = order.action() == Action.DISCARD;
                together.add(
                        new ChainReplay(target, progressName, decider, chain.getValue(), discards, chain.getKey()));
                if (together.size() == CHAINS_AT_ONCE) {
                    outcomes.addAll(release.of(together));
                    together.clear();
                }
            }
            outcomes.addAll(release.of(together));
        }
        tellMissed(chosen, outcomes);
        outcomes.sort(
                (a, b) -> io.twinlog.schemas.EventId.parse(a.id()).compareTo(io.twinlog.schemas.EventId.parse(b.id())));
        return outcomes;
    }

    // What came after the question to the target may wait in a chain, which must not be passed by.
    private static boolean isKnown(ConflictEntry entry, ConflictLedger.@Nullable Witness witness) {
        return witness != null
                && (entry.chain() != null
                        || entry.conflict().outcome() == ConflictOutcome.STOPPED
                        || witness.knows(entry.id()));
    }

    private List<ConflictEntry> choose(
            Selection selection, Map<String, ConflictEntry> all, ConflictLedger.@Nullable Witness witness) {
        List<String> unknown =
                selection.ids().stream().filter(id -> !all.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            throw new UnknownConflictException(topics.conflicts(), unknown);
        }
        return all.values().stream()
                .filter(entry -> selection.matches(entry.conflict()))
                .filter(entry -> (entry.isOpen() && isKnown(entry, witness))
                        || !selection.ids().isEmpty())
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    // Between our question and the lock an applier may have settled what was selected.
    private static void tellMissed(List<ConflictEntry> chosen, List<ReplayOutcome> outcomes) {
        Set<String> told = new HashSet<>();
        outcomes.forEach(outcome -> told.add(outcome.id()));
        for (ConflictEntry entry : chosen) {
            if (!told.contains(entry.conflict().id())) {
                outcomes.add(ReplayOutcome.unchanged(entry, "It waits no more, or in another chain by now; ask again"));
            }
        }
    }

    private List<ReplayOutcome> settled(
            ConflictEntry entry,
            ReplayOrder order,
            ReplayTarget target,
            Decider decider,
            EventDecoder decoder,
            List<ReplayOutcome> before)
            throws SQLException {
        if (before.stream()
                .anyMatch(outcome -> outcome.id().equals(entry.conflict().id()))) {
            // The other half of a primary-key change.
            return List.of();
        }
        boolean vanished = entry.resolution().reason().equals(ConflictLedger.VANISHED)
                && entry.resolution().actor().equals(Resolution.APPLIER);
        boolean leftOut = entry.conflict().outcome() == ConflictOutcome.KEPT
                && entry.resolution().actor().equals(Resolution.APPLIER);
        ReplayTransaction transaction = new ReplayTransaction(target, order.dryRun());
        List<ReplayOutcome> outcomes;
        if (entry.isOpen() && entry.conflict().outcome() == ConflictOutcome.STOPPED) {
            outcomes = List.of(ReplayOutcome.unchanged(
                    entry,
                    "The replication stopped before it (policy stop): correct the row or give another policy"
                            + " (conflicts.rules), then start again"));
        } else if (vanished) {
            outcomes = transaction.run(() -> List.of(decider.vanished(entry)));
        } else if (entry.isOpen() && order.action() == Action.DISCARD) {
            outcomes = transaction.run(() -> List.of(decider.discarded(entry)));
        } else if ((entry.isOpen() || leftOut) && order.action() == Action.REPLAY) {
            try (SettledReplay replay = new SettledReplay(
                    target,
                    progressName,
                    decider,
                    ledger.topic(),
                    entry,
                    (table, events) -> new LaterEvents(clients.consumer(), decoder, table, events))) {
                outcomes = transaction.run(replay::decide);
            }
        } else {
            outcomes = List.of(ReplayOutcome.unchanged(
                    entry,
                    "It is " + entry.state().label() + " already, by "
                            + entry.resolution().actor()));
        }
        transaction.end();
        return outcomes;
    }

    private @Nullable RegistryClient registry() {
        return config.registry() == null ? null : new RegistryClient(config.registry());
    }

    private ReplayTarget open() throws SQLException {
        return ReplayTarget.open(
                Targets.of(config, progressName),
                progressName,
                config.existingRows() == ExistingRows.UPSERT,
                config.conflicts(),
                clock);
    }

    private static <T> T asking(ReplayTransaction.Work<T> question) {
        try {
            return question.run();
        } catch (SQLException | KafkaException e) {
            throw Failures.classify(e);
        }
    }
}
