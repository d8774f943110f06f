package io.twinlog.applier;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.target.LockedException;
import io.twinlog.applier.target.Target;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Jumps over what Kafka has lost, with a record of who wanted it and why. */
final class LossAcceptance {

    private static final Duration POLL = Duration.ofMillis(200);

    private final ApplierConfig config;
    private final TopicNames topics;
    private final KafkaClients clients;

    LossAcceptance(ApplierConfig config, TopicNames topics, KafkaClients clients) {
        this.config = config;
        this.topics = topics;
        this.clients = clients;
    }

    private record Checkpoint(
            long epoch, long seq, @Nullable String position) {

        Checkpoint after(ControlRecord record) {
            boolean newer = record.epoch() > epoch || (record.epoch() == epoch && record.storedSeq() > seq);
            return newer ? new Checkpoint(record.epoch(), record.storedSeq(), record.resumePosition()) : this;
        }
    }

    void accept(String reason, String actor) {
        try (Admin admin = clients.admin();
                Target target = open()) {
            ProgressStore store = target.store();
            store.create();
            StoredProgress before = store.read();
            Checkpoint newest = newest();
            Map<TopicPartition, StoredOffset> offsets = beginnings(admin);
            target.at(0, 0);
            store.deleteOffsets();
            store.writeOffsets(offsets);
            store.jump(newest.epoch(), newest.seq(), newest.position());
            store.audit(
                    actor,
                    "accept-loss",
                    reason,
                    "from transaction "
                            + (before == null
                                    ? "0-0"
                                    : before.epoch() + "-" + before.seq() + " at " + before.position())
                            + " to " + newest.epoch() + "-" + newest.seq() + " at " + newest.position());
            target.commitJump();
        } catch (SQLException | KafkaException e) {
            throw Failures.classify(e);
        } catch (LockedException e) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Another applier works on replication " + config.replication() + ": " + e.getMessage()
                            + ". Stop it first.",
                    e);
        }
    }

    private Target open() throws SQLException {
        return Target.open(
                Targets.of(config, config.replication()),
                config.replication(),
                false,
                io.twinlog.applier.conflict.ConflictRules.HOLD,
                Clock.systemUTC());
    }

    private Checkpoint newest() {
        Checkpoint newest = new Checkpoint(0, 0, null);
        TopicPartition partition = new TopicPartition(topics.transactions(), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    ControlRecord control = ControlCodec.decode(record.value());
                    if (control.kind() == ControlKind.END || control.kind() == ControlKind.HEARTBEAT) {
                        newest = newest.after(control);
                    }
                }
            }
        }
        if (newest.epoch() == 0) {
            throw new TwinlogException(
                    Category.GAP,
                    "The control log " + partition.topic() + " names no stored transaction to go on from;"
                            + " resynchronise the target instead.");
        }
        return newest;
    }

    // What is applied or given up is dropped while reading, so the beginning of what is left is always right.
    private Map<TopicPartition, StoredOffset> beginnings(Admin admin) {
        Map<TopicPartition, String> ids = new HashMap<>();
        try {
            List<String> names = admin.listTopics().names().get().stream()
                    .filter(this::isXlog)
                    .toList();
            Map<String, TopicDescription> found =
                    admin.describeTopics(names).allTopicNames().get();
            found.forEach((name, description) -> description
                    .partitions()
                    .forEach(partition -> ids.put(
                            new TopicPartition(name, partition.partition()),
                            description.topicId().toString())));
        } catch (ExecutionException e) {
            throw new KafkaException("The topics could not be listed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while topics were listed", e);
        }
        Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            consumer.beginningOffsets(new ArrayList<>(ids.keySet())).forEach((partition, begin) -> {
                String id = ids.get(partition);
                if (id != null) {
                    offsets.put(partition, new StoredOffset(id, begin));
                }
            });
        }
        return offsets;
    }

    private boolean isXlog(String topic) {
        String prefix = config.replication() + ".";
        return topic.equals(topics.transactions())
                || (topic.startsWith(prefix) && topic.indexOf('.', prefix.length()) > 0);
    }
}
