package io.twinlog.applier;

import io.twinlog.applier.kafka.KafkaClients;
import io.twinlog.applier.merge.XlogReader;
import io.twinlog.schemas.registry.SchemaLookup;
import io.twinlog.schemas.topic.TopicNames;
import org.apache.kafka.clients.admin.Admin;

/** Where an applier's events come from: the xlog through a consumer of our own, or what a Connect worker brings. */
public interface Inlet {

    /**
     * A reader for one session, which closes it.
     *
     * @param schemas finds the schemas of records as Kafka has them
     * @param budgetBytes how much read and not yet applied may be held in memory
     */
    XlogReader open(KafkaClients clients, Admin admin, TopicNames topics, SchemaLookup schemas, long budgetBytes);

    /** The name under which the target keeps how far this inlet's events are applied. */
    default String progressName(String replication) {
        return replication;
    }
}
