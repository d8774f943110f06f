package io.twinlog.applier.progress;

/**
 * Where reading of a partition goes on. May be older than the progress row: readers drop what is applied.
 *
 * @param topicId Kafka's id of the topic, which a topic of the same name that was created anew does not share
 */
public record StoredOffset(String topicId, long nextOffset) {}
