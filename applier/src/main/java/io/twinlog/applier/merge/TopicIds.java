package io.twinlog.applier.merge;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Which topics are read, and whether they are still the same: a topic that was deleted and created again has another id. One
 * thread owns it; it leaves the admin client to its owner.
 */
final class TopicIds {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(3);
    private static final int TRIES_FOR_NEW_TOPIC = 20;

    private final Admin admin;
    private final Duration callLimit;
    private final Map<String, String> ids = new HashMap<>();
    private @Nullable KafkaFuture<Map<String, TopicDescription>> looking;
    private long lookedNanos;

    TopicIds(Admin admin, Duration callLimit) {
        this.admin = admin;
        this.callLimit = callLimit;
    }

    /** Id of a topic that is read. */
    @Nullable
    String id(String topic) {
        return ids.get(topic);
    }

    /** The topics that are read, in order of their names. */
    Set<String> names() {
        return new TreeSet<>(ids.keySet());
    }

    /** Takes a topic in if it exists; false if it does not. */
    boolean addExisting(String topic) {
        ids.putAll(describe(Set.of(topic)));
        return ids.containsKey(topic);
    }

    /**
     * Takes topics in.
     *
     * @throws TwinlogException category GAP if one does not exist
     */
    void addRead(Collection<String> topics) {
        Map<String, String> found = describe(topics);
        for (String topic : topics) {
            String id = found.get(topic);
            if (id == null) {
                throw deleted(topic);
            }
            ids.put(topic, id);
        }
    }

    /**
     * Takes in a topic that capture has named. Capture creates it before, but not every broker may have heard of it.
     *
     * @throws TwinlogException category GAP if it does not exist for some time
     */
    void addNew(String topic) {
        for (int attempt = 1; !addExisting(topic); attempt++) {
            if (attempt == TRIES_FOR_NEW_TOPIC) {
                throw deleted(topic);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
    }

    /**
     * Compares the topic with the one that was read before.
     *
     * @throws TwinlogException category GAP if it is another
     */
    void check(String topic, String expected) {
        String id = ids.get(topic);
        if (!expected.equals(id)) {
            throw recreated(topic, expected, id);
        }
    }

    /**
     * Looks from time to time, without waiting for the answer.
     *
     * @return whether Kafka has answered now
     * @throws TwinlogException category GAP if a topic is gone or is another
     */
    boolean look() {
        long now = System.nanoTime();
        KafkaFuture<Map<String, TopicDescription>> asked = looking;
        if (asked == null) {
            if (now - lookedNanos >= LOOK_EVERY.toNanos()) {
                lookedNanos = now;
                looking = admin.describeTopics(ids.keySet()).allTopicNames();
            }
            return false;
        }
        if (!asked.isDone()) {
            return false;
        }
        looking = null;
        try {
            asked.get().forEach((topic, description) -> {
                String id = description.topicId().toString();
                String expected = ids.getOrDefault(topic, id);
                if (!expected.equals(id)) {
                    throw recreated(topic, expected, id);
                }
            });
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                findDeleted();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void findDeleted() {
        Map<String, String> found = describe(names());
        for (String topic : names()) {
            if (!found.containsKey(topic)) {
                throw deleted(topic);
            }
        }
    }

    private Map<String, String> describe(Collection<String> topics) {
        Map<String, String> found = new HashMap<>();
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(topics).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> entry : asked.entrySet()) {
            try {
                found.put(
                        entry.getKey(),
                        entry.getValue()
                                .get(callLimit.toMillis(), TimeUnit.MILLISECONDS)
                                .topicId()
                                .toString());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new KafkaException("Topic " + entry.getKey() + " could not be described", e.getCause());
                }
            } catch (TimeoutException e) {
                throw new org.apache.kafka.common.errors.TimeoutException(
                        "Kafka did not describe " + entry.getKey(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        return found;
    }

    private static TwinlogException deleted(String topic) {
        return new TwinlogException(
                Category.GAP,
                "Topic " + topic + " was deleted, with events that may not have been read. Resynchronise the target, or"
                        + " accept the loss.");
    }

    private static TwinlogException recreated(String topic, String expected, @Nullable String found) {
        return new TwinlogException(
                Category.GAP,
                "Topic " + topic + " was deleted and created again: its id is " + found
                        + ", the events read before came from " + expected
                        + ". Resynchronise the target, or accept the loss.");
    }
}
