package io.twinlog.applier.kafka;

import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.topic.NameEscape;
import io.twinlog.schemas.topic.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics that the applier writes; created with explicit settings, never by the broker on its own. Stateless. */
public final class OwnTopics {

    private OwnTopics() {}

    /** Dead letters are kept until an operator removes them. */
    public static void createConflicts(Admin admin, String topic) {
        create(
                admin,
                topic,
                Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "-1"));
    }

    /** What became of each conflict: the last word per id. */
    public static void createResolutions(Admin admin, String topic) {
        create(admin, topic, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact"));
    }

    /** Schemas of events that another program than our capture has written. */
    public static void createSchemas(Admin admin, String topic) {
        create(admin, topic, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact"));
    }

    public static void createStatus(Admin admin, String topic) {
        create(admin, topic, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact"));
    }

    public static boolean exists(Admin admin, String topic) {
        return names(admin).contains(topic);
    }

    /** The tables that have a data topic. */
    public static List<TableId> tables(Admin admin, TopicNames topics) {
        List<TableId> tables = new ArrayList<>();
        for (String topic : names(admin)) {
            String[] parts = topic.split("\\.", 3);
            if (parts.length == 3 && parts[0].equals(topics.replication())) {
                tables.add(new TableId(NameEscape.unescape(parts[1]), NameEscape.unescape(parts[2])));
            }
        }
        return tables;
    }

    private static Set<String> names(Admin admin) {
        try {
            return admin.listTopics().names().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while topics were listed", e);
        } catch (ExecutionException e) {
            throw new KafkaException("Topics could not be listed", e.getCause());
        }
    }

    private static void create(Admin admin, String topic, Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(KafkaClients.MAX_RECORD_BYTES));
        NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.empty()).configs(all);
        try {
            admin.createTopics(List.of(wanted)).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while topic " + topic + " was created", e);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaException("Topic " + topic + " could not be created", e.getCause());
            }
        }
    }
}
