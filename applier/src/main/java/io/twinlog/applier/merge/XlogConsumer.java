package io.twinlog.applier.merge;

import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.topic.TopicNames;
import io.twinlog.schemas.wire.MalformedEventException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the control log and the data partitions and feeds the merger, within a byte budget.
 *
 * <p>Partitions are assigned, never subscribed, and positions come from the target alone. Above the budget only partitions
 * of which little is queued are fetched: the one that holds the next event is always among them. Deleted, re-created
 * and shortened topics, and events that Kafka acknowledged but does not deliver, are a GAP (invariant 2).
 *
 * <p>One thread owns it. It closes the consumer and leaves the admin client to its owner.
 */
public final class XlogConsumer implements XlogReader {

    private static final Duration SUSPECT_HOLE_AFTER = Duration.ofMillis(500);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

    private final RecordSource consumer;
    private final EventDecoder decoder;
    private final long budgetBytes;
    private final TopicPartition controlPartition;
    private final TopicIds topics;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private Merger merger;
    private long controlEndAtStart;
    private @Nullable EventId suspect;
    private long suspectNanos;
    private @Nullable Map<TopicPartition, Long> suspectEnds;
    private volatile long reachableNanos = System.nanoTime();

    /** Prepares for reading; {@link #open} says from where. */
    public XlogConsumer(RecordSource consumer, Admin admin, TopicNames names, EventDecoder decoder, long budgetBytes) {
        this.consumer = consumer;
        this.topics = new TopicIds(admin, CALL_LIMIT);
        this.decoder = decoder;
        this.budgetBytes = budgetBytes;
        this.controlPartition = new TopicPartition(names.transactions(), 0);
        this.merger = new Merger(controlPartition, new EventId(0, 0, Long.MAX_VALUE), 0);
    }

    /**
     * Goes to the stored offsets, after a check that nothing behind them is lost.
     *
     * @param progress what the target says that it has applied, epoch 0 for nothing
     * @param stored offsets by partition, empty for none
     * @return false if there is no control log yet: capture has never run
     * @throws TwinlogException category GAP if records that were not read are gone
     */
    @Override
    public boolean open(StoredProgress progress, Map<TopicPartition, StoredOffset> stored) {
        EventId applied = new EventId(progress.epoch(), progress.seq(), Long.MAX_VALUE);
        if (applied.epoch() > 0 && !stored.containsKey(controlPartition)) {
            throw new TwinlogException(
                    Category.GAP,
                    "The target has applied transaction " + applied.epoch() + "-" + applied.seq()
                            + ", but its table twinlog.offsets does not say where " + controlPartition.topic()
                            + " goes on. Resynchronise the target, or accept the loss.");
        }
        if (stored.isEmpty() && !topics.addExisting(controlPartition.topic())) {
            return false;
        }
        Set<String> read = new TreeSet<>();
        stored.keySet().forEach(partition -> read.add(partition.topic()));
        topics.addRead(read);
        stored.forEach((partition, offset) -> topics.check(partition.topic(), offset.topicId()));
        Set<TopicPartition> partitions = new HashSet<>(stored.keySet());
        partitions.add(controlPartition);
        consumer.assign(partitions);
        assigned.addAll(partitions);
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions, CALL_LIMIT);
        Map<TopicPartition, Long> end = consumer.endOffsets(partitions, CALL_LIMIT);
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            StoredOffset offset = stored.get(partition);
            long start = offset == null ? begin.getOrDefault(partition, 0L) : offset.nextOffset();
            checkRange(partition, start, begin.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L));
            consumer.seek(partition, start);
            starts.put(partition, start);
        }
        controlEndAtStart = end.getOrDefault(controlPartition, 0L);
        merger = new Merger(controlPartition, applied, starts.getOrDefault(controlPartition, 0L));
        starts.forEach((partition, start) -> {
            if (!partition.equals(controlPartition)) {
                merger.addPartition(partition, start);
            }
        });
        return true;
    }

    private static void checkRange(TopicPartition partition, long start, long begin, long end) {
        if (start < begin) {
            throw new TwinlogException(
                    Category.GAP,
                    "Kafka has deleted records of " + partition + " that were not read: the next one is offset " + start
                            + ", the oldest one left is " + begin
                            + ". Resynchronise the target, or accept the loss.");
        }
        if (start > end) {
            throw new TwinlogException(
                    Category.GAP,
                    "Kafka has lost records of " + partition + ": the next one to read is offset " + start
                            + ", but the partition ends at " + end
                            + ". Resynchronise the target, or accept the loss.");
        }
    }

    @Override
    public @Nullable Merged next() {
        return merger.next();
    }

    @Override
    public void wantPositions() {
        merger.wantPositions();
    }

    @Override
    public long backlog() {
        return merger.queuedEvents() + fetchLag();
    }

    @Override
    public @Nullable String obstacle() {
        return consumer.obstacle();
    }

    @Override
    public long fetchedAhead() {
        return merger.queuedEvents();
    }

    /** Fetches once and feeds the merger; returns the number of records. */
    @Override
    public int poll(Duration wait) {
        adjustPauses();
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(wait);
        } catch (OffsetOutOfRangeException e) {
            throw outOfRange(e);
        } catch (NoOffsetForPartitionException e) {
            throw new TwinlogException(Category.GAP, "Kafka has no position for " + e.partitions(), e);
        }
        // The control log first: it names the partitions of the rest.
        List<ConsumerRecord<byte[], byte[]>> control = records.records(controlPartition);
        for (ConsumerRecord<byte[], byte[]> record : control) {
            feedControl(record);
        }
        for (TopicPartition partition : records.partitions()) {
            if (!partition.equals(controlPartition)) {
                for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                    merger.feed(decoder.decode(partition, record.offset(), record.key(), record.value()));
                }
            }
        }
        if (!records.isEmpty()) {
            reachableNanos = System.nanoTime();
        }
        if (topics.look()) {
            reachableNanos = System.nanoTime();
        }
        return records.count();
    }

    private void feedControl(ConsumerRecord<byte[], byte[]> consumed) {
        ControlRecord record;
        try {
            record = ControlCodec.decode(consumed.value());
        } catch (MalformedEventException e) {
            throw new TwinlogException(
                    Category.BUG,
                    "The record at offset " + consumed.offset() + " of " + controlPartition + " is no control record: "
                            + e.getMessage(),
                    e);
        }
        if (record.kind() == ControlKind.SCHEMA) {
            addTopic(record);
        }
        merger.feedControl(consumed.offset(), record);
    }

    private void addTopic(ControlRecord schema) {
        String topic = schema.detail(ControlRecord.Detail.TOPIC);
        String count = schema.detail(ControlRecord.Detail.PARTITIONS);
        if (topic == null || count == null) {
            throw new TwinlogException(
                    Category.BUG, "A SCHEMA record on " + controlPartition + " names no topic or no partitions");
        }
        List<TopicPartition> added = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(count); i++) {
            TopicPartition partition = new TopicPartition(topic, i);
            if (!assigned.contains(partition)) {
                added.add(partition);
            }
        }
        if (added.isEmpty()) {
            return;
        }
        topics.addNew(topic);
        assigned.addAll(added);
        consumer.assign(assigned);
        Map<TopicPartition, Long> begin = consumer.beginningOffsets(added, CALL_LIMIT);
        for (TopicPartition partition : added) {
            checkRange(partition, 0, begin.getOrDefault(partition, 0L), Long.MAX_VALUE);
            consumer.seek(partition, 0);
            merger.addPartition(partition, 0);
        }
        merger.wantPositions();
    }

    /**
     * Idea: a fetch under way may wait for half a second for what is not there. So a partition is wanted again before it is empty, when half
     * of its share is left; and the control log, which is a part of every transaction, has a share of its own.
     */
    private void adjustPauses() {
        if (merger.queuedBytes() <= budgetBytes) {
            if (!paused.isEmpty()) {
                consumer.resume(paused);
                paused.clear();
            }
            return;
        }
        Set<TopicPartition> toPause = new HashSet<>();
        Set<TopicPartition> toResume = new HashSet<>();
        Set<TopicPartition> unfinished = consumer.unfinished();
        long controlShare = budgetBytes / 4;
        long little = budgetBytes / (2L * assigned.size());
        for (TopicPartition partition : assigned) {
            long share = partition.equals(controlPartition) ? controlShare : little;
            boolean wanted = merger.queuedBytes(partition) <= share || unfinished.contains(partition);
            if (wanted && paused.remove(partition)) {
                toResume.add(partition);
            } else if (!wanted && paused.add(partition)) {
                toPause.add(partition);
            }
        }
        consumer.pause(toPause);
        consumer.resume(toResume);
    }

    private TwinlogException outOfRange(OffsetOutOfRangeException e) {
        Map.Entry<TopicPartition, Long> first =
                e.offsetOutOfRangePartitions().entrySet().iterator().next();
        TopicPartition partition = first.getKey();
        long begin = consumer.beginningOffsets(Set.of(partition), CALL_LIMIT).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(Set.of(partition), CALL_LIMIT).getOrDefault(partition, 0L);
        return new TwinlogException(
                Category.GAP,
                "Kafka no longer has offset " + first.getValue() + " of " + partition + ": it holds " + begin + " to "
                        + end + ". Resynchronise the target, or accept the loss.",
                e);
    }

    /**
     * Looks for holes; to be called when the merger has nothing to give.
     *
     * @throws TwinlogException category GAP if an event that Kafka acknowledged is in no partition, or if a new target finds
     *     no place to start
     */
    @Override
    public void checkForHoles() {
        Long skipped = merger.skippedBeforeStart();
        if (skipped != null && consumer.position(controlPartition) >= controlEndAtStart) {
            throw new TwinlogException(
                    Category.GAP,
                    "The target is new, but the control log " + controlPartition.topic() + " starts with transaction "
                            + skipped + " and holds no initial sync: resynchronise the target.");
        }
        Missing missing = merger.missing();
        long now = System.nanoTime();
        if (missing == null) {
            suspect = null;
            return;
        }
        if (!missing.id().equals(suspect)) {
            suspect = missing.id();
            suspectNanos = now;
            suspectEnds = null;
            return;
        }
        if (now - suspectNanos < SUSPECT_HOLE_AFTER.toNanos()) {
            return;
        }
        Map<TopicPartition, Long> ends = suspectEnds;
        if (ends == null) {
            suspectEnds = consumer.endOffsets(assigned, CALL_LIMIT);
            return;
        }
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (merger.isDrained(end.getKey()) && consumer.position(end.getKey()) < end.getValue()) {
                return;
            }
        }
        throw new TwinlogException(
                Category.GAP,
                "Event " + missing.id() + " is in no partition, although Kafka had acknowledged it (transaction "
                        + missing.id().seq() + ", ordinal " + missing.id().ordinal() + "; topics "
                        + topics.names()
                        + "). Kafka has lost it. Resynchronise the target, or accept the loss.");
    }

    /** Adds the topics' ids to positions. */
    @Override
    public Map<TopicPartition, StoredOffset> withTopicIds(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, StoredOffset> offsets = new HashMap<>();
        positions.forEach((partition, next) -> {
            String id = topics.id(partition.topic());
            if (id != null) {
                offsets.put(partition, new StoredOffset(id, next));
            }
        });
        return offsets;
    }

    /** Stores positions in the consumer group, for lag tools only: nobody here reads them. */
    @Override
    public void tellGroup(Map<TopicPartition, Long> positions) {
        consumer.tellGroup(positions);
    }

    /** Records that Kafka has and we have not fetched, as far as known. */
    private long fetchLag() {
        long lag = 0;
        for (TopicPartition partition : assigned) {
            OptionalLong known = consumer.currentLag(partition);
            if (!partition.equals(controlPartition)) {
                lag += known.orElse(0);
            }
        }
        return lag;
    }

    /** When Kafka last answered, on the clock of {@link System#nanoTime()}. */
    @Override
    public long reachableNanos() {
        return reachableNanos;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
