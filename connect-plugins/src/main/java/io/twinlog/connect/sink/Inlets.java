package io.twinlog.connect.sink;

import io.twinlog.applier.Inlet;
import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.kafka.OwnTopics;
import io.twinlog.applier.merge.EventDecoder;
import io.twinlog.applier.merge.XlogConsumer;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.connect.settings.SinkSettings;
import io.twinlog.connect.sink.debezium.DebeziumReader;
import io.twinlog.connect.sink.debezium.Reading;
import io.twinlog.connect.sink.debezium.RecordFeed;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.registry.SchemaTopicWriter;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** What reads a tray, by format and order. Immutable. */
final class Inlets {

    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

    private final SinkSettings settings;
    private final Set<TopicPartition> assigned;
    private final BiConsumer<SinkRecord, DataException> undecodable;

    /**
     * @param assigned what the worker brings
     * @param undecodable hears of records that are no events; throws, or lets them pass
     */
    Inlets(SinkSettings settings, Set<TopicPartition> assigned, BiConsumer<SinkRecord, DataException> undecodable) {
        this.settings = settings;
        this.assigned = Set.copyOf(assigned);
        this.undecodable = undecodable;
    }

    /** Whether a partition holds events of tables. */
    boolean hasEvents(TopicPartition partition) {
        return settings.isDebezium()
                || partition.topic().chars().filter(c -> c == '.').count() == 2;
    }

    /** All partitions together, in the order of the source's commits. */
    Inlet transactionOrder(Tray tray) {
        if (settings.isDebezium()) {
            return (clients, admin, topics, schemas, budget) ->
                    debezium(tray, clients, admin, topics, assigned, settings.transactionTopic());
        }
        return (clients, admin, topics, schemas, budget) -> {
            XlogRecords records = new XlogRecords(schemas);
            return new XlogConsumer(
                    new ConnectRecords(
                            tray, records, new PartitionOffsets(admin), settings.subscription(), undecodable),
                    admin,
                    topics,
                    new EventDecoder(records),
                    budget);
        };
    }

    /** One partition by itself. */
    Inlet keyOrder(Tray tray, TopicPartition partition) {
        return new Inlet() {
            @Override
            public XlogReader open(
                    KafkaClients clients, Admin admin, TopicNames topics, SchemaLookup schemas, long budget) {
                if (settings.isDebezium()) {
                    return debezium(tray, clients, admin, topics, Set.of(partition), "");
                }
                XlogRecords records = new XlogRecords(schemas);
                return new KeyOrderReader(
                        partition,
                        new ConnectRecords(
                                tray, records, new PartitionOffsets(admin), settings.subscription(), undecodable),
                        new PartitionOffsets(admin),
                        new EventDecoder(records));
            }

            // Its own progress row and lock: whoever gets the partition next waits for the one before.
            @Override
            public String progressName(String replication) {
                return replication + "/" + partition;
            }
        };
    }

    // Conflict records hold events with these schemas, so they go where those of the daemon are found.
    private XlogReader debezium(
            Tray tray,
            KafkaClients clients,
            Admin admin,
            TopicNames topics,
            Set<TopicPartition> partitions,
            String transactionTopic) {
        OwnTopics.createSchemas(admin, topics.schemas());
        return new DebeziumReader(
                settings.replication(),
                new TrayFeed(tray, new PartitionOffsets(admin)),
                partitions,
                new Reading(transactionTopic, settings.subscription(), settings.leftOut()),
                schema -> publish(clients, topics, schema),
                undecodable);
    }

    private static void publish(KafkaClients clients, TopicNames topics, Schema schema) {
        try (Producer<byte[], byte[]> producer = clients.producer("schemas")) {
            new SchemaTopicWriter(producer, topics.schemas()).publish(schema);
        }
    }

    /** A tray as package {@code debezium} knows it. */
    private record TrayFeed(Tray tray, PartitionOffsets offsets) implements RecordFeed {

        @Override
        public void assign(Set<TopicPartition> partitions) {
            tray.assign(partitions);
        }

        @Override
        public void seek(TopicPartition partition, long offset) {
            tray.seek(partition, offset);
        }

        @Override
        public List<SinkRecord> poll(Duration wait) {
            try {
                return tray.poll(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptException(e);
            }
        }

        @Override
        public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
            return offsets.of(partitions, OffsetSpec.earliest(), CALL_LIMIT);
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
            return offsets.of(partitions, OffsetSpec.latest(), CALL_LIMIT);
        }

        @Override
        public Map<String, String> topicIds(Collection<String> topics) {
            return offsets.topicIds(topics, CALL_LIMIT);
        }

        @Override
        public boolean exists(String topic) {
            return offsets.exists(topic, CALL_LIMIT);
        }

        @Override
        public void tellApplied(Map<TopicPartition, Long> positions) {
            tray.tellApplied(positions);
        }
    }
}
