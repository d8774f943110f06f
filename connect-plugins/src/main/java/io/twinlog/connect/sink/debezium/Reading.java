package io.twinlog.connect.sink.debezium;

import java.util.function.Predicate;

/**
 * What a sink reads of what Debezium writes. Immutable.
 *
 * @param transactionTopic where Debezium writes BEGIN and END; empty: every change stands for itself
 * @param subscribed whether the worker brings a topic as soon as it exists
 * @param leftOut tables ({@code schema.table}) that are neither applied nor waited for
 */
public record Reading(String transactionTopic, Predicate<String> subscribed, Predicate<String> leftOut) {

    boolean isWhole() {
        return !transactionTopic.isEmpty();
    }

    /** The topic of a table as Debezium names it, unless something routes its events elsewhere. */
    String topicOf(String table) {
        String prefix = transactionTopic.substring(0, transactionTopic.lastIndexOf('.') + 1);
        return (prefix + table).replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
