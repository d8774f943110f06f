package io.twinlog.connect.sink.debezium;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Says, in words for the operator, what the next transaction waits for and what can be done about it. Asks Kafka, so it is for
 * transactions that wait for long. Not thread-safe.
 */
final class Obstacle {

    private final Reading reading;
    private final RecordFeed feed;
    private final Set<String> assignedTopics = new HashSet<>();
    private final Set<TopicPartition> assigned;
    private final Set<String> tablesRead = new HashSet<>();

    Obstacle(Reading reading, RecordFeed feed, Set<TopicPartition> assigned) {
        this.reading = reading;
        this.feed = feed;
        this.assigned = assigned;
        assigned.forEach(partition -> assignedTopics.add(partition.topic()));
    }

    /** An event of this table has been read, whatever the name of its topic. */
    void sawTable(String table) {
        tablesRead.add(table);
    }

    /** Whether nothing that this task reads will bring what is missing. */
    boolean isElsewhere(Map<String, Long> missing) {
        return !missing.isEmpty()
                && missing.keySet().stream()
                        .noneMatch(
                                table -> tablesRead.contains(table) || assignedTopics.contains(reading.topicOf(table)));
    }

    /** What a transaction that has ended waits for. */
    String missing(SourceTransaction transaction, Map<String, Long> missing, Positions positions) {
        List<String> parts = new ArrayList<>();
        missing.forEach((table, count) -> parts.add(
                count + (count == 1 ? " event of " : " events of ") + table + ": " + whereIs(table, positions)));
        return name(transaction) + " is not applied before it is complete. It waits for "
                + String.join("; and for ", parts);
    }

    private String whereIs(String table, Positions positions) {
        String topic = reading.topicOf(table);
        if (tablesRead.contains(table) || assignedTopics.contains(topic)) {
            return isBehind(topic, positions)
                    ? "its topic is being read" + readTo(topic, positions)
                    : "all that its topic holds is read" + readTo(topic, positions)
                            + ". Has Debezium stopped, or does something drop records (a transformation, errors.tolerance=all,"
                            + " the topic's retention)?";
        }
        if (!reading.subscribed().test(topic)) {
            return "its topic " + topic
                    + " is not among this sink's topics. Add it to topics or topics.regex, or leave the"
                    + " table out with debezium.tables.exclude=" + table;
        }
        if (feed.exists(topic)) {
            return "its topic " + topic
                    + " exists, but the worker has not brought it yet. Its consumer looks for new topics every"
                    + " metadata.max.age.ms (5 minutes by default): lower consumer.override.metadata.max.age.ms";
        }
        return "there is no topic " + topic
                + ". Debezium has not sent the event yet, or sends it to a topic of another name: add that to topics or"
                + " topics.regex";
    }

    private boolean isBehind(String topic, Positions positions) {
        Set<TopicPartition> ofTopic = new HashSet<>(assigned);
        ofTopic.removeIf(partition -> !partition.topic().equals(topic));
        return feed.endOffsets(ofTopic).entrySet().stream()
                .anyMatch(end -> positions.readTo(end.getKey()) < end.getValue());
    }

    private String readTo(String topic, Positions positions) {
        List<String> parts = new ArrayList<>();
        for (TopicPartition partition : assigned) {
            if (partition.topic().equals(topic)) {
                parts.add(partition + " to offset " + positions.readTo(partition));
            }
        }
        parts.sort(null);
        return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
    }

    /** What a transaction waits for of which something, but not its END, has been read. */
    String unfinished(SourceTransaction transaction, Positions positions) {
        String topic = reading.transactionTopic();
        String what = transaction.isBegun() ? "END" : "BEGIN and END";
        return name(transaction) + ", of which " + transaction.size() + " changes are read, waits for its " + what
                + " on topic " + topic + ": " + whyNoBoundary(topic, positions);
    }

    private String whyNoBoundary(String topic, Positions positions) {
        if (assignedTopics.contains(topic)) {
            return isBehind(topic, positions)
                    ? "it is being read" + readTo(topic, positions)
                    : "all that it holds is read" + readTo(topic, positions)
                            + ". Does the Debezium connector run, with provide.transaction.metadata=true?";
        }
        if (!reading.subscribed().test(topic)) {
            return "it is not among this sink's topics. Add it to topics or topics.regex";
        }
        if (feed.exists(topic)) {
            return "it exists, but the worker has not brought it yet. Its consumer looks for new topics every"
                    + " metadata.max.age.ms (5 minutes by default): lower consumer.override.metadata.max.age.ms";
        }
        return "there is no such topic. Set provide.transaction.metadata=true at the Debezium connector";
    }

    private static String name(SourceTransaction transaction) {
        return "Debezium's transaction " + transaction.txId()
                + (transaction.commitLsn() == 0 ? "" : " (commit at " + transaction.commitLsn() + ")");
    }

    /** What waits, or null if nothing does. */
    @Nullable
    String of(Transactions transactions, Positions positions) {
        SourceTransaction first = transactions.first();
        if (first == null) {
            SourceTransaction orphan = transactions.withoutBegin();
            return orphan == null ? null : unfinished(orphan, positions);
        }
        return first.isEnded()
                ? missing(first, first.missing(reading.leftOut()), positions)
                : unfinished(first, positions);
    }
}
