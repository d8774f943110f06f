package io.twinlog.applier.replay;

import io.twinlog.applier.conflict.ConflictPublisher;
import io.twinlog.applier.conflict.ResolutionOutbox;
import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.kafka.OwnTopics;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Brings to the topics what replays have committed in the target, in order. What is published twice after a crash has the same content.
 * Not thread-safe.
 */
final class OutboxPublication {

    private static final int AT_ONCE = 5000;

    private final KafkaClients clients;
    private final TopicNames topics;
    private final String progressName;
    private final Supplier<@Nullable RegistryClient> registry;

    /** @param registry asked only when there is something to publish */
    OutboxPublication(
            KafkaClients clients, TopicNames topics, String progressName, Supplier<@Nullable RegistryClient> registry) {
        this.clients = clients;
        this.topics = topics;
        this.progressName = progressName;
        this.registry = registry;
    }

    /** Publishes and removes everything that waits; also creates what the target of an older version lacks. */
    void publish(ReplayTarget target) throws SQLException {
        ProgressStore store = new ProgressStore(target.connection(), progressName);
        if (!store.keepsConflicts()) {
            boolean applierWasThere = store.read() != null;
            target.rollback();
            if (applierWasThere) {
                store.create();
            }
            return;
        }
        ResolutionOutbox outbox = new ResolutionOutbox(target.connection(), progressName);
        List<ResolutionOutbox.Entry> waiting = outbox.read(AT_ONCE);
        if (!waiting.isEmpty()) {
            publish(waiting, outbox, target);
        }
        target.rollback();
    }

    private void publish(List<ResolutionOutbox.Entry> first, ResolutionOutbox outbox, ReplayTarget target)
            throws SQLException {
        try (Admin admin = clients.admin();
                Producer<byte[], byte[]> producer = clients.producer("replay")) {
            OwnTopics.createConflicts(admin, topics.conflicts());
            OwnTopics.createResolutions(admin, topics.resolutions());
            ConflictPublisher publisher = new ConflictPublisher(producer, topics, registry.get());
            for (List<ResolutionOutbox.Entry> waiting = first; !waiting.isEmpty(); waiting = outbox.read(AT_ONCE)) {
                publisher.publish(
                        waiting.stream()
                                .map(ResolutionOutbox.Entry::conflict)
                                .filter(Objects::nonNull)
                                .map(Objects::requireNonNull)
                                .toList(),
                        waiting.stream().map(ResolutionOutbox.Entry::resolution).toList());
                outbox.remove(waiting);
                target.commit();
            }
        }
    }
}
