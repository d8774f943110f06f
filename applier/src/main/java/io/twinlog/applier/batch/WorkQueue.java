package io.twinlog.applier.batch;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.control.ControlRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The hand-over between the reading and the writing thread: at most one finished piece of work, and a batch that grows.
 *
 * <p>A writer that becomes free takes the growing batch as it is, so a single transaction waits for nobody; while the writer is
 * busy the batch grows, up to the budget, and is then made ready by the reader, so that building overlaps with the database's
 * work.
 */
public final class WorkQueue<P> {

    private static final int MAX_FINISHED = 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Work<P>> finished = new ArrayDeque<>();
    private final Function<Batch, P> planner;
    private final int maxEvents;
    private final long maxBytes;
    private final Duration linger;
    private Growing growing = new Growing();
    private boolean planning;
    private long fetchedAhead;
    private boolean closed;

    private static final class Growing {
        private final List<XlogEvent> events = new ArrayList<>();
        private final List<ControlRecord> begins = new ArrayList<>();
        private @Nullable ControlRecord marker;
        private @Nullable Map<TopicPartition, StoredOffset> offsets;
        private long bytes;

        boolean isEmpty() {
            return begins.isEmpty() && marker == null;
        }
    }

    /**
     * @param planner makes a batch ready for execution; called on either thread
     * @param maxEvents above so many events a batch grows no further
     * @param linger how long a free writer waits for a larger batch where more is known to be on its way
     */
    public WorkQueue(Function<Batch, P> planner, int maxEvents, long maxBytes, Duration linger) {
        this.planner = planner;
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.linger = linger;
    }

    /** Reader: adds a whole transaction to the growing batch; waits while the writer is far behind. */
    public void add(
            ControlRecord begin,
            List<XlogEvent> events,
            long bytes,
            @Nullable Map<TopicPartition, StoredOffset> offsets)
            throws InterruptedException {
        Growing full = null;
        lock.lockInterruptibly();
        try {
            if (!growing.isEmpty()
                    && (growing.events.size() + events.size() > maxEvents || growing.bytes + bytes > maxBytes)) {
                full = detach();
            } else {
                // A writer that waits wants to hear of the first transaction, and of the one that makes the batch large
                // enough.
                boolean first = growing.isEmpty();
                append(begin, events, bytes, offsets);
                if (first || isLarge()) {
                    changed.signalAll();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        finish(full);
        add(begin, events, bytes, offsets);
    }

    private void append(
            ControlRecord begin,
            List<XlogEvent> events,
            long bytes,
            @Nullable Map<TopicPartition, StoredOffset> offsets) {
        growing.begins.add(begin);
        growing.events.addAll(events);
        growing.bytes += bytes;
        growing.marker = null;
        if (offsets != null) {
            growing.offsets = offsets;
        }
    }

    /** Reader: notes a HEARTBEAT or BARRIER behind everything so far. */
    public void mark(ControlRecord marker, @Nullable Map<TopicPartition, StoredOffset> offsets)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            growing.marker = marker;
            if (offsets != null) {
                growing.offsets = offsets;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reader: hands over a part of a transaction that is too large for one batch. */
    public void addPart(Batch part) throws InterruptedException {
        flush();
        put(new Work.Apply<>(part, planner.apply(part)));
    }

    /** Reader: hands over something that is no batch, behind everything so far. */
    public void addOther(Work<P> work) throws InterruptedException {
        flush();
        put(work);
    }

    private void flush() throws InterruptedException {
        Growing rest = null;
        lock.lockInterruptibly();
        try {
            if (!growing.isEmpty()) {
                rest = detach();
            }
        } finally {
            lock.unlock();
        }
        if (rest != null) {
            finish(rest);
        }
    }

    private Growing detach() {
        Growing detached = growing;
        growing = new Growing();
        planning = true;
        return detached;
    }

    private void finish(Growing detached) throws InterruptedException {
        try {
            put(apply(detached));
        } finally {
            lock.lock();
            try {
                planning = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private Work<P> apply(Growing detached) {
        Batch batch = new Batch(detached.events, detached.begins, true, false, detached.marker, detached.offsets);
        return new Work.Apply<>(batch, planner.apply(batch));
    }

    private void put(Work<P> work) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (finished.size() >= MAX_FINISHED && !closed) {
                changed.await();
            }
            finished.addLast(work);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reader: how many events are fetched but wait for others before them, so that a larger batch is near. */
    public void fetchedAhead(long events) {
        lock.lock();
        try {
            boolean fewer = events < fetchedAhead;
            fetchedAhead = events;
            if (fewer) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isLarge() {
        return growing.events.size() >= maxEvents / 4;
    }

    /** Waiting pays only where it would at least double the batch; a trickle is passed on as it comes. */
    private boolean isWorthWaiting() {
        return !isLarge() && fetchedAhead > 0 && fetchedAhead >= growing.events.size();
    }

    /** Writer: the next piece of work, or null after the wait. */
    public @Nullable Work<P> take(Duration wait) throws InterruptedException {
        Growing taken;
        lock.lockInterruptibly();
        try {
            long left = wait.toNanos();
            long lingering = linger.toNanos();
            while (true) {
                Work<P> ready = finished.pollFirst();
                if (ready != null) {
                    changed.signalAll();
                    return ready;
                }
                if (!growing.isEmpty() && !planning) {
                    if (lingering <= 0 || !isWorthWaiting()) {
                        break;
                    }
                    lingering = changed.awaitNanos(lingering);
                } else {
                    if (left <= 0) {
                        return null;
                    }
                    left = changed.awaitNanos(left);
                }
            }
            taken = growing;
            growing = new Growing();
        } finally {
            lock.unlock();
        }
        return apply(taken);
    }

    /** Lets a waiting reader go; the queue is not used any more. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
