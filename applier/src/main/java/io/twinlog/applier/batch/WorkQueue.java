package io.twinlog.applier.batch;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.applier.progress.StoredOffset;
import io.twinlog.schemas.control.ControlRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The hand-over between the reading and the writing thread: at most one closed piece of work, and a batch that grows.
 *
 * <p>A writer that becomes free takes the growing batch as it is, so a single transaction waits for nobody; while the writer is
 * busy the batch grows, up to the budget, and is then made ready on a thread of its own, so that reading, building and the
 * database's work overlap.
 */
public final class WorkQueue<P> {

    private static final int MAX_CLOSED = 1;

    /** By this part of its largest size a batch may grow for each table, so that a statement has some rows where tables are many. */
    private static final int PART_FOR_A_TABLE = 50;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Future<Work<P>>> closedWork = new ArrayDeque<>();
    private final Function<Batch, P> planner;
    private final Executor planning;
    private final int maxEvents;
    private final long maxBytes;
    private final Duration linger;
    private Growing growing = new Growing();
    private long fetchedAhead;
    private boolean closed;

    private static final class Growing {
        private final List<XlogEvent> events = new ArrayList<>();
        private final List<ControlRecord> begins = new ArrayList<>();
        private final Set<String> topics = new HashSet<>();
        private @Nullable ControlRecord marker;
        private @Nullable Map<TopicPartition, StoredOffset> offsets;
        private long bytes;

        boolean isEmpty() {
            return begins.isEmpty() && marker == null;
        }

        void add(List<XlogEvent> transaction) {
            events.addAll(transaction);
            String last = "";
            for (XlogEvent event : transaction) {
                String topic = event.partition().topic();
                if (!topic.equals(last)) {
                    topics.add(topic);
                    last = topic;
                }
            }
        }
    }

    /**
     * @param planner makes a batch ready for execution; called on the writer's thread and by the executor
     * @param planning runs the planner for batches that were closed before the writer became free, one after the other
     * @param maxEvents above so many events a batch grows no further, unless it has many tables
     * @param linger how long a free writer waits for a larger batch where more is known to be on its way
     */
    public WorkQueue(Function<Batch, P> planner, Executor planning, int maxEvents, long maxBytes, Duration linger) {
        this.planner = planner;
        this.planning = planning;
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
                    && (growing.events.size() + events.size() > largest() || growing.bytes + bytes > maxBytes)) {
                full = detach();
            } else {
                // A writer that waits wants to hear of the first transaction, and of that which makes the batch large.
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
        growing.add(events);
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
        put(planned(part));
    }

    /** Reader: hands over something that is no batch, behind everything so far. */
    public void addOther(Work<P> work) throws InterruptedException {
        flush();
        put(CompletableFuture.completedFuture(work));
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

    // Behind this the growing batch stays empty until the detached one is put: both are the reader's work.
    private Growing detach() {
        Growing detached = growing;
        growing = new Growing();
        return detached;
    }

    private void finish(Growing detached) throws InterruptedException {
        put(planned(batch(detached)));
    }

    private Future<Work<P>> planned(Batch batch) {
        FutureTask<Work<P>> plan = new FutureTask<>(() -> apply(batch));
        planning.execute(plan);
        return plan;
    }

    private static Batch batch(Growing detached) {
        return new Batch(detached.events, detached.begins, true, false, detached.marker, detached.offsets);
    }

    private Work<P> apply(Batch batch) {
        return new Work.Apply<>(batch, planner.apply(batch));
    }

    private void put(Future<Work<P>> work) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (closedWork.size() >= MAX_CLOSED && !closed) {
                changed.await();
            }
            closedWork.addLast(work);
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

    private long largest() {
        return Math.max(maxEvents, (long) (maxEvents / PART_FOR_A_TABLE) * growing.topics.size());
    }

    private boolean isLarge() {
        return growing.events.size() >= largest() / 4;
    }

    /** Waiting pays only where it would at least double the batch; a trickle is passed on as it comes. */
    private boolean isWorthWaiting() {
        return !isLarge() && fetchedAhead > 0 && fetchedAhead >= growing.events.size();
    }

    /**
     * Writer: the next piece of work, or null after the wait.
     *
     * @throws RuntimeException what the planner has thrown
     */
    public @Nullable Work<P> take(Duration wait) throws InterruptedException {
        Future<Work<P>> ready;
        Growing taken = null;
        lock.lockInterruptibly();
        try {
            long left = wait.toNanos();
            long lingering = linger.toNanos();
            for (ready = closedWork.pollFirst(); ready == null; ready = closedWork.pollFirst()) {
                if (growing.isEmpty()) {
                    if (left <= 0) {
                        return null;
                    }
                    left = changed.awaitNanos(left);
                } else if (lingering > 0 && isWorthWaiting()) {
                    lingering = changed.awaitNanos(lingering);
                } else {
                    taken = detach();
                    break;
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return ready == null ? apply(batch(Objects.requireNonNull(taken))) : result(ready);
    }

    private static <P> Work<P> result(Future<Work<P>> ready) throws InterruptedException {
        try {
            return ready.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof OutOfMemoryError) {
                throw new IllegalStateException("Out of memory: give the process a larger heap (-Xmx)", e.getCause());
            }
            throw new IllegalStateException("A batch could not be made ready", e.getCause());
        }
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
