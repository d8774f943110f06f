package io.twinlog.capture.publish;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.metrics.TableCounts;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.TopicNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates, describes and removes the topics of a replication. Not thread-safe. */
public final class Topics implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    private static final String DELETE = TopicConfig.CLEANUP_POLICY_DELETE;
    private static final String COMPACT = TopicConfig.CLEANUP_POLICY_COMPACT;

    private final Admin admin;
    private final TopicNames names;
    private final int partitions;
    private final Optional<Short> replicationFactor;
    private final Function<TableId, TableCounts> counts;
    private final Map<String, Integer> partitionsByTopic = new HashMap<>();

    /** For those who send nothing. */
    public Topics(KafkaClients kafka, TopicNames names, int partitions, short replicationFactor) {
        this(kafka, names, partitions, replicationFactor, table -> new TableCounts());
    }

    /**
     * @param partitions of data topics
     * @param replicationFactor of new topics; 0 for the broker's default
     * @param counts where events are counted
     */
    public Topics(
            KafkaClients kafka,
            TopicNames names,
            int partitions,
            short replicationFactor,
            Function<TableId, TableCounts> counts) {
        this.admin = kafka.admin();
        this.names = names;
        this.partitions = partitions;
        this.counts = counts;
        this.replicationFactor = replicationFactor > 0 ? Optional.of(replicationFactor) : Optional.empty();
    }

    public TopicNames names() {
        return names;
    }

    /** Identifier of the Kafka cluster. */
    public String clusterId() {
        return await(admin.describeCluster().clusterId());
    }

    /** Whether a topic exists. */
    public boolean exists(String topic) {
        return describe(topic) != null;
    }

    /** The offset behind the last record of a topic with one partition; negative if there is no such topic. */
    public long end(String topic) {
        if (!exists(topic)) {
            return -1;
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        return await(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition))
                .offset();
    }

    /** Creates the topics that every replication has, as far as they are missing. */
    public void createCommon() {
        create(names.transactions(), 1, DELETE);
        create(names.schemas(), 1, COMPACT);
        create(names.status(), 1, COMPACT);
        create(names.resolutions(), 1, COMPACT);
        create(names.conflicts(), 1, DELETE);
    }

    /** Creates the missing topics of many tables, with one request instead of some per table. */
    public void prepare(Collection<TableId> tables) {
        Set<String> wanted = new TreeSet<>();
        tables.forEach(table -> wanted.add(names.data(table.schema(), table.table())));
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(describeAll(wanted));
        if (!missing.isEmpty()) {
            try {
                await(admin.createTopics(missing.stream()
                                .map(topic -> newTopic(topic, partitions, DELETE))
                                .toList())
                        .all());
            } catch (TopicExistsException e) {
                LOG.debug("Somebody else created a topic meanwhile; each is looked up before it is used", e);
            }
        }
        for (int attempt = 0; attempt < 50 && !describeAll(wanted).containsAll(wanted); attempt++) {
            pause();
        }
        awaitLeaders(missing);
    }

    /**
     * A producer that writes to a partition before its leader knows itself may end in endless OutOfOrderSequence retries; the
     * admin client asks for offsets until every leader has answered.
     */
    private void awaitLeaders(Set<String> topics) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (String topic : topics) {
            for (int partition = 0; partition < partitionsByTopic.getOrDefault(topic, 0); partition++) {
                ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
        }
        if (!ends.isEmpty()) {
            await(admin.listOffsets(ends).all());
        }
    }

    /** Those of the topics that exist; their partitions are remembered. */
    private Set<String> describeAll(Set<String> topics) {
        Set<String> found = new TreeSet<>();
        admin.describeTopics(topics).topicNameValues().forEach((topic, future) -> {
            try {
                partitionsByTopic.put(topic, await(future).partitions().size());
                found.add(topic);
            } catch (UnknownTopicOrPartitionException e) {
                LOG.debug("Topic {} does not exist yet", topic);
            }
        });
        return found;
    }

    /**
     * The topic of a table, created if it is missing.
     *
     * @throws TwinlogException CONFIG if it exists with another number of partitions than configured
     */
    public DataTopic data(TableId table) {
        String topic = names.data(table.schema(), table.table());
        Integer prepared = partitionsByTopic.get(topic);
        TopicDescription description = prepared == null ? describe(topic) : null;
        if (prepared == null && description == null) {
            create(topic, partitions, DELETE);
            return new DataTopic(table, topic, partitions, counts.apply(table));
        }
        int found = description == null
                ? requireNonNull(prepared)
                : description.partitions().size();
        if (found != partitions) {
            // A key would move to another partition while older events of it wait in the old one.
            throw new TwinlogException(Category.CONFIG, partitionsChanged(topic, found));
        }
        return new DataTopic(table, topic, found, counts.apply(table));
    }

    private String partitionsChanged(String topic, int found) {
        return "Topic " + topic + " has " + found + " partitions, capture.partitions is " + partitions
                + ". The number of partitions of a replication never changes: set capture.partitions to " + found
                + ", or drop the replication and start anew.";
    }

    private void create(String topic, int count, String cleanupPolicy) {
        try {
            await(admin.createTopics(List.of(newTopic(topic, count, cleanupPolicy)))
                    .all());
        } catch (TopicExistsException e) {
            return;
        }
        // The broker that answers next may not have heard of it yet.
        for (int attempt = 0; attempt < 50 && describe(topic) == null; attempt++) {
            pause();
        }
    }

    private NewTopic newTopic(String topic, int count, String cleanupPolicy) {
        return new NewTopic(topic, Optional.of(count), replicationFactor)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        cleanupPolicy,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(KafkaClients.MAX_RECORD_BYTES)));
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private @Nullable TopicDescription describe(String topic) {
        try {
            return await(requireNonNull(
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic)));
        } catch (UnknownTopicOrPartitionException e) {
            return null;
        }
    }

    /** What is wrong with topics that exist; creates nothing. */
    public List<Check> check(Collection<TableId> tables) {
        List<Check> checks = new ArrayList<>();
        checkPolicy(names.transactions(), DELETE, checks);
        checkPolicy(names.schemas(), COMPACT, checks);
        for (TableId table : tables) {
            String topic;
            try {
                topic = names.data(table.schema(), table.table());
            } catch (IllegalArgumentException e) {
                checks.add(Check.problem("table " + table, String.valueOf(e.getMessage()), "Exclude the table"));
                continue;
            }
            TopicDescription description = describe(topic);
            if (description != null && description.partitions().size() != partitions) {
                checks.add(Check.problem(
                        "topic " + topic,
                        partitionsChanged(topic, description.partitions().size()),
                        "capture: { partitions: " + description.partitions().size() + " }"));
            }
            if (description != null) {
                checkPolicy(topic, DELETE, checks);
            }
        }
        return checks;
    }

    private void checkPolicy(String topic, String wanted, List<Check> checks) {
        if (!exists(topic)) {
            return;
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = await(
                requireNonNull(admin.describeConfigs(List.of(resource)).values().get(resource)));
        String found = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!found.equals(wanted)) {
            checks.add(Check.problem(
                    "topic " + topic,
                    "Its cleanup.policy is '" + found + "'; with anything but '" + wanted + "' events are lost",
                    "kafka-configs --alter --topic " + topic + " --add-config cleanup.policy=" + wanted));
        } else {
            checks.add(Check.ok("topic " + topic, "cleanup.policy is " + found));
        }
    }

    /** Names of all topics of the replication that exist. */
    public Set<String> existing() {
        Set<String> result = new TreeSet<>();
        for (String topic : await(admin.listTopics().names())) {
            if (isOurs(topic)) {
                result.add(topic);
            }
        }
        return result;
    }

    private boolean isOurs(String topic) {
        List<String> common =
                List.of(names.transactions(), names.schemas(), names.status(), names.resolutions(), names.conflicts());
        // A data topic has two dots; a replication's name has none.
        return common.contains(topic)
                || (topic.startsWith(names.replication() + ".")
                        && topic.chars().filter(c -> c == '.').count() == 2);
    }

    /** Removes all topics of the replication and returns their names. */
    public Set<String> removeAll() {
        Set<String> topics = existing();
        if (!topics.isEmpty()) {
            await(admin.deleteTopics(topics).all());
        }
        return topics;
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new org.apache.kafka.common.errors.InterruptException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(java.time.Duration.ofSeconds(2));
    }
}
