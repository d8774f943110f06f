package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A target that keeps what a reader gives together with the progress, and a reader that may be started again from there. */
final class ReaderTarget {

    private final DebeziumTopics topics;
    private final Reading reading;
    private final List<List<Integer>> committed = new ArrayList<>();
    private final List<Merged.Ended> given = new ArrayList<>();
    private final List<List<Integer>> uncommitted = new ArrayList<>();
    private final Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
    private StoredProgress progress = progress(0, null, 0);
    private DebeziumReader reader;
    private long nanoTime;

    ReaderTarget(DebeziumTopics topics, Reading reading) {
        this.topics = topics;
        this.reading = reading;
    }

    static StoredProgress progress(long seq, String position, long millis) {
        Instant time = Instant.ofEpochMilli(millis);
        return new StoredProgress(seq == 0 ? 0 : 1, seq, position, time, null, null, null, null, false, time);
    }

    ReaderTarget at(long seq, String position, long millis) {
        progress = progress(seq, position, millis);
        return this;
    }

    /** Opens a reader where the target stands; what was given and not committed is forgotten. */
    ReaderTarget start(TopicPartition... partitions) {
        given.clear();
        uncommitted.clear();
        reader = new DebeziumReader(
                "r",
                topics,
                Set.of(partitions),
                reading,
                schema -> {},
                (record, why) -> {
                    throw why;
                },
                () -> nanoTime);
        reader.open(progress, Map.copyOf(offsets));
        return this;
    }

    DebeziumReader reader() {
        return reader;
    }

    /** What the reader waits for, when it has waited for a while. */
    String obstacle() {
        nanoTime += Duration.ofMinutes(1).toNanos();
        return reader.obstacle();
    }

    /** Takes what the reader gives after one poll, without committing it. */
    void poll() {
        reader.poll(Duration.ZERO);
        List<Integer> open = null;
        for (Merged merged = reader.next(); merged != null; merged = reader.next()) {
            switch (merged.kind()) {
                case BEGAN -> open = new ArrayList<>();
                case EVENT ->
                    open.add((Integer) ((XlogEvent) merged).decoded().after().value(0));
                case ENDED -> {
                    given.add((Merged.Ended) merged);
                    uncommitted.add(open);
                }
                case VOIDED, CONTROL -> throw new AssertionError(merged);
            }
        }
    }

    void commit() {
        for (Merged.Ended ended : given) {
            progress = progress(
                    ended.begin().seq(), ended.begin().position(), ended.begin().timeMicros() / 1000);
            offsets.putAll(reader.withTopicIds(ended.positions()));
        }
        committed.addAll(uncommitted);
        given.clear();
        uncommitted.clear();
    }

    /** Polls once and returns all transactions that are applied by now, each with the ids of its rows. */
    List<List<Integer>> applied() {
        poll();
        commit();
        return List.copyOf(committed);
    }
}
