package io.twinlog.applier.merge;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Gives what is to be applied, in the order in which it is to be applied. One thread uses it. */
public interface XlogReader extends AutoCloseable {

    /**
     * Goes to where the target stands.
     *
     * @param progress what the target says that it has applied, epoch 0 for nothing
     * @param stored offsets by partition, empty for none
     * @return false if there is nothing to read yet: to be called again later
     */
    boolean open(StoredProgress progress, Map<TopicPartition, StoredOffset> stored);

    /** Fetches once; returns the number of records. */
    int poll(Duration wait);

    /** The next item in order, or null if more must be fetched first. */
    @Nullable
    Merged next();

    /** Asks that the next item at a transaction boundary carries the positions to read on from. */
    void wantPositions();

    /** Events that wait in Kafka and here, as far as known. */
    long backlog();

    /** Events that are fetched but wait for others before them. */
    long fetchedAhead();

    /** Looks for lost records; to be called when there is nothing to give. */
    void checkForHoles();

    /** What keeps it for long from giving what it has read, in words for the operator; null while nothing does. */
    default @Nullable String obstacle() {
        return null;
    }

    /** Adds the topics' ids to positions. */
    Map<TopicPartition, StoredOffset> withTopicIds(Map<TopicPartition, Long> positions);

    /** Stores positions where lag tools look. */
    void tellGroup(Map<TopicPartition, Long> positions);

    /** When Kafka last answered, on the clock of {@link System#nanoTime()}. */
    long reachableNanos();

    @Override
    void close();
}
