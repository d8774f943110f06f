package io.twinlog.applier.merge;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Puts control records and events into one order. Pure and single-threaded: records are fed, items are taken.
 *
 * <p>The idea. The control log is one partition, so its records name transactions in order. Events carry (epoch, seq,
 * ordinal) and stand in ascending order within each partition, apart from repetitions, which {@link PartitionQueue}
 * drops by comparing with the last one it took. So {@link EventQueues} finds the next event of the open transaction by a look
 * at one head, no watermark is waited for, and any interleaving of the partitions gives the same order.
 *
 * <p>What is complete may still be void: only of a transaction that the control log calls <em>stored</em> a newer epoch
 * cannot tell another story. Snapshot chunks are given out as complete only then, since their rows would be read again.
 */
public final class Merger {

    private final TopicPartition controlPartition;
    private final ArrayDeque<ControlEntry> control = new ArrayDeque<>();
    private final EventQueues events = new EventQueues();
    private final ArrayDeque<Merged> between = new ArrayDeque<>();
    private final StoredTransactions stored = new StoredTransactions();
    private EventId applied;
    private long epoch;
    private long lastSeq;
    private @Nullable ControlRecord open;
    private long controlBytes;
    private long controlReleased;
    private boolean started;
    private @Nullable ControlRecord candidate;
    private @Nullable Long skippedBeforeStart;
    private boolean positionsWanted = true;

    private record ControlEntry(long offset, ControlRecord record) {}

    /**
     * @param applied the last transaction that the target has, with ordinal {@link Long#MAX_VALUE}; epoch 0 for none
     * @param controlStart offset of the first control record that will be fed
     */
    public Merger(TopicPartition controlPartition, EventId applied, long controlStart) {
        this.controlPartition = controlPartition;
        this.applied = applied;
        this.epoch = applied.epoch();
        this.lastSeq = applied.seq();
        this.started = applied.epoch() > 0;
        this.controlReleased = controlStart;
    }

    /** Announces a data partition; harmless twice. */
    public void addPartition(TopicPartition partition, long start) {
        events.add(partition, applied, start);
    }

    public void feedControl(long offset, ControlRecord record) {
        control.addLast(new ControlEntry(offset, record));
        controlBytes += ControlEntryWeight.of(record);
        stored.note(record);
    }

    public void feed(XlogEvent event) {
        events.feed(event);
    }

    /** The next item in order, or null if more must be fed first. */
    public @Nullable Merged next() {
        while (true) {
            if (open != null) {
                XlogEvent event = events.take(open);
                if (event != null) {
                    return event;
                }
            } else if (!between.isEmpty()) {
                return between.removeFirst();
            }
            ControlEntry head = control.peekFirst();
            if (head == null) {
                return null;
            }
            Merged merged = open != null ? whileOpen(open, head.record) : whileClosed(head.record);
            if (merged != null) {
                return merged;
            }
            if (control.peekFirst() == head) {
                return null;
            }
        }
    }

    private void release() {
        ControlEntry entry = control.removeFirst();
        controlBytes -= ControlEntryWeight.of(entry.record);
        controlReleased = entry.offset + 1;
    }

    // Control records while a transaction is open. A null result with the head removed means: look at the next one.
    private @Nullable Merged whileOpen(ControlRecord begin, ControlRecord record) {
        switch (record.kind()) {
            case BEGIN, END -> {
                int age = compare(record, begin);
                if (age < 0) {
                    release();
                    return null;
                }
                if (age > 0) {
                    throw hole(begin, record);
                }
                if (record.kind() == ControlKind.BEGIN) {
                    release();
                    return null;
                }
                return end(begin, record);
            }
            case EPOCH -> {
                if (record.epoch() <= epoch) {
                    release();
                    return null;
                }
                if (record.seq() > begin.seq()) {
                    throw hole(begin, record);
                }
                return voided(begin);
            }
            case HEARTBEAT, BARRIER, SNAPSHOT_BEGIN, SNAPSHOT_END, GAP -> {
                release();
                if (record.epoch() >= epoch) {
                    between.addLast(new Merged.Control(record, null));
                }
                return null;
            }
            case INTENT, SCHEMA -> {
                release();
                return null;
            }
        }
        return null;
    }

    private @Nullable Merged end(ControlRecord begin, ControlRecord end) {
        if (end.events() > events.taken()) {
            return null;
        }
        events.check(end);
        if (begin.detail(ControlRecord.Detail.CHUNK) != null) {
            if (stored.isVoid(begin)) {
                release();
                return voided(begin);
            }
            if (!stored.isStored(begin)) {
                return null;
            }
        }
        release();
        events.transactionEnded();
        open = null;
        lastSeq = begin.seq();
        return new Merged.Ended(begin, end, positions());
    }

    private Merged voided(ControlRecord begin) {
        events.transactionEnded();
        open = null;
        return new Merged.Voided(begin);
    }

    private @Nullable Merged whileClosed(ControlRecord record) {
        if (!started) {
            return whileNotStarted(record);
        }
        release();
        return switch (record.kind()) {
            case EPOCH -> epoch(record);
            case BEGIN -> begin(record);
            case HEARTBEAT, BARRIER, GAP -> record.epoch() < epoch ? null : new Merged.Control(record, positions());
            // Read again after a restart, with chunks applied since: preparing the tables once more would empty them.
            case SNAPSHOT_BEGIN, SNAPSHOT_END ->
                record.epoch() < epoch || record.seq() < lastSeq ? null : new Merged.Control(record, positions());
            case INTENT, SCHEMA, END -> null;
        };
    }

    private @Nullable Merged epoch(ControlRecord record) {
        if (record.epoch() <= epoch) {
            return null;
        }
        if (record.seq() > lastSeq + 1) {
            throw hole(record);
        }
        epoch = record.epoch();
        lastSeq = record.seq() - 1;
        return new Merged.Control(record, positions());
    }

    private @Nullable Merged begin(ControlRecord record) {
        if (record.epoch() < epoch || (record.epoch() == epoch && record.seq() <= lastSeq)) {
            return null;
        }
        if (record.epoch() > epoch || record.seq() > lastSeq + 1) {
            throw hole(record);
        }
        open = record;
        return new Merged.Began(record);
    }

    // A new target can start at the first transaction of all, or with a snapshot.
    private @Nullable Merged whileNotStarted(ControlRecord record) {
        switch (record.kind()) {
            case EPOCH -> {
                candidate = record;
                if (record.seq() == 1) {
                    return start(record);
                }
            }
            case SNAPSHOT_BEGIN -> {
                ControlRecord start = candidate;
                if (start != null
                        && start.epoch() == record.epoch()
                        && !"true".equals(record.detail(ControlRecord.Detail.RESUMED))) {
                    between.addLast(new Merged.Control(record, null));
                    return start(start);
                }
            }
            case BEGIN -> {
                candidate = null;
                if (skippedBeforeStart == null) {
                    skippedBeforeStart = record.seq();
                }
            }
            case INTENT, SCHEMA, END, SNAPSHOT_END, HEARTBEAT, BARRIER, GAP -> {}
        }
        release();
        return null;
    }

    private Merged start(ControlRecord record) {
        release();
        started = true;
        epoch = record.epoch();
        lastSeq = record.seq() - 1;
        applied = new EventId(epoch, lastSeq, Long.MAX_VALUE);
        return new Merged.Control(record, positions());
    }

    private static int compare(ControlRecord a, ControlRecord b) {
        return a.epoch() != b.epoch() ? Long.compare(a.epoch(), b.epoch()) : Long.compare(a.seq(), b.seq());
    }

    // Invariant 2: a hole in the control log stops us.
    private TwinlogException hole(ControlRecord found) {
        return new TwinlogException(
                Category.GAP,
                "The control log " + controlPartition.topic() + " goes from transaction " + epoch + "-" + lastSeq
                        + " to "
                        + found.kind() + " " + found.epoch() + "-" + found.seq()
                        + ": records between them are lost. Resynchronise the target, or accept the loss.");
    }

    private TwinlogException hole(ControlRecord begin, ControlRecord found) {
        return new TwinlogException(
                Category.GAP,
                "The control log " + controlPartition.topic() + " has no END of transaction " + begin.epoch() + "-"
                        + begin.seq() + " before " + found.kind() + " " + found.epoch() + "-" + found.seq()
                        + ". Resynchronise the target, or accept the loss.");
    }

    private @Nullable Map<TopicPartition, Long> positions() {
        if (!positionsWanted) {
            return null;
        }
        positionsWanted = false;
        Map<TopicPartition, Long> positions = new HashMap<>();
        positions.put(controlPartition, controlReleased);
        events.released(positions);
        return positions;
    }

    /** Asks that the next item at a transaction boundary carries the positions to read on from. */
    public void wantPositions() {
        positionsWanted = true;
    }

    /** Bytes that fed and not yet taken records hold. */
    public long queuedBytes() {
        return controlBytes + events.bytes();
    }

    /** Those of one partition. */
    public long queuedBytes(TopicPartition partition) {
        return partition.equals(controlPartition) ? controlBytes : events.bytes(partition);
    }

    /** Events that wait to be taken. */
    public long queuedEvents() {
        return events.size();
    }

    /** Whether nothing of a partition waits to be taken. */
    public boolean isDrained(TopicPartition partition) {
        return partition.equals(controlPartition) ? control.isEmpty() : events.isDrained(partition);
    }

    /** The event that is waited for although the control log says that Kafka has it; null if there is none. */
    public @Nullable Missing missing() {
        ControlRecord begin = open;
        ControlEntry head = control.peekFirst();
        if (begin == null || head == null || !stored.isStored(begin)) {
            return null;
        }
        boolean complete = head.record.kind() == ControlKind.END
                && compare(head.record, begin) == 0
                && head.record.events() == events.taken();
        return complete ? null : new Missing(new EventId(begin.epoch(), begin.seq(), events.taken() + 1));
    }

    /** Whether a transaction is open, so that more is known to be on its way. */
    public boolean isOpen() {
        return open != null;
    }

    /** Without a place to start so far, the seq of the first transaction that was passed over; else null. */
    public @Nullable Long skippedBeforeStart() {
        return started ? null : skippedBeforeStart;
    }

    /** The highest transaction that the control log calls stored. */
    public long storedSeq() {
        return stored.seq();
    }
}
