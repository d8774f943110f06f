package io.twinlog.capture;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.twinlog.capture.metrics.CaptureMetrics;
import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.capture.publish.KafkaOutlet;
import io.twinlog.capture.publish.Outlet;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryAddress;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.topic.TopicNames;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Captures one database: initial sync, then the stream, session after session until it is stopped or must not go on. {@link
 * #run} belongs to one thread; everything else may be called from any.
 */
public final class Capture implements AutoCloseable {

    private static final long SHORTEST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** How long a stop waits for Kafka before it interrupts a blocked send. */
    private static final long STOP_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final CaptureConfig config;
    private final KafkaClients kafka;
    private final TopicNames topics;
    private final Source source;
    private final XlogSide xlog;
    private final Clock clock = Clock.systemUTC();
    private final StallWatch stallWatch = new StallWatch();
    private final CaptureMetrics metrics;
    private final StatusBoard board;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopping = lock.newCondition();
    private volatile boolean stopped;
    private volatile long stoppedNanos;
    private volatile @Nullable Thread runner;
    private boolean boardStarted;

    /** One that nobody measures. */
    public Capture(CaptureConfig config, CaptureListener listener) {
        this(config, listener, new CompositeMeterRegistry());
    }

    /** @param meters gets what is counted and measured */
    public Capture(CaptureConfig config, CaptureListener listener, MeterRegistry meters) {
        this(config, listener, meters, new KafkaOutlet(registry(config)));
    }

    /**
     * @param meters gets what is counted and measured
     * @param outlet takes the records, in place of a producer of our own
     */
    public Capture(CaptureConfig config, CaptureListener listener, MeterRegistry meters, Outlet outlet) {
        this.metrics = new CaptureMetrics(meters, config.replication());
        this.config = config;
        this.kafka = new KafkaClients(config.kafka(), outlet);
        this.topics = new TopicNames(config.replication());
        this.source = Source.of(config);
        this.board = new StatusBoard(listener, kafka, topics, clock, this::tick);
        this.xlog = new XlogSide(config, kafka, topics, board, stallWatch, metrics, clock);
    }

    private static @Nullable RegistryClient registry(CaptureConfig config) {
        RegistryAddress address = config.registry();
        return address == null ? null : new RegistryClient(address);
    }

    /**
     * Captures until {@link #stop}, or until the snapshot is complete where nothing else is wanted. Outages are waited out, for
     * ever and visibly.
     *
     * @throws TwinlogException GAP, CONFIG, SCHEMA or BUG
     */
    public void run() {
        runner = Thread.currentThread();
        boardStarted = true;
        board.start();
        MemberState last = MemberState.REMOVED;
        try {
            runSessions();
        } catch (TwinlogException e) {
            last = e.category() == Category.GAP ? MemberState.STALE : MemberState.PAUSED;
            board.transition(last, e.getMessage());
            throw e;
        } finally {
            runner = null;
            // A flag that a late stop has set must not surprise the caller's next wait.
            boolean ignored = stopped && Thread.interrupted();
            board.transition(
                    last,
                    last == MemberState.REMOVED ? "Stopped" : board.status().reason());
            board.close();
        }
    }

    private void runSessions() {
        long pause = SHORTEST_PAUSE_MILLIS;
        boolean first = true;
        while (!stopped) {
            long start = System.nanoTime();
            CaptureSession session = new CaptureSession(source, xlog, board, () -> stopped, first);
            try {
                if (session.run()) {
                    return;
                }
            } catch (Exception e) {
                if (stopped && (e instanceof InterruptedException || e instanceof InterruptException)) {
                    return;
                }
                TwinlogException failure = Failures.classify(e, sql -> source.classify(sql, session.streamedFrom()));
                if (failure.category() != Category.OUTAGE && failure.category() != Category.TRANSIENT) {
                    throw failure;
                }
                if (System.nanoTime() - start > SETTLED_NANOS) {
                    pause = SHORTEST_PAUSE_MILLIS;
                }
                board.message(failure.getMessage() + ". Trying again in " + pause + " ms.");
                board.transition(MemberState.PAUSED, failure.getMessage());
                first &= !session.passedPreconditions();
                waitFor(pause);
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            } finally {
                stallWatch.watch(null);
            }
        }
    }

    private void waitFor(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!stopped && left > 0) {
                left = stopping.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    private void tick() {
        stallWatch.tick(board);
        Thread blocked = runner;
        if (stopped && blocked != null && System.nanoTime() - stoppedNanos > STOP_PATIENCE_NANOS) {
            blocked.interrupt();
        }
    }

    /** Lets {@link #run} return after what was sent is stored. Idempotent. */
    public void stop() {
        lock.lock();
        try {
            if (!stopped) {
                stoppedNanos = System.nanoTime();
                stopped = true;
            }
            stopping.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Present state, positions and counts. */
    public MemberStatus status() {
        return board.status();
    }

    /** All preconditions, looked at at once; creates nothing. */
    public List<Check> check() {
        return new Preconditions(xlog, source).examine().all();
    }

    /** Whether the source holds something of ours, such as a slot, or Kafka our control log. A server that does not answer counts as not having it. */
    public boolean isEstablished() {
        try {
            if (source.hasTraces()) {
                return true;
            }
        } catch (SQLException e) {
            board.message("The source does not answer: " + e.getMessage());
        }
        try (Topics existing = xlog.topics()) {
            return existing.exists(topics.transactions());
        } catch (KafkaException e) {
            board.message("Kafka does not answer: " + e.getMessage());
            return false;
        }
    }

    /** Removes what is ours at the source, and the topics. Nothing of the replication is left but what was applied. */
    public void drop() {
        try {
            source.remove(board);
        } catch (SQLException e) {
            throw source.classify(e, null);
        }
        try (Topics existing = xlog.topics()) {
            Set<String> removed = existing.removeAll();
            board.message("Deleted " + removed.size() + " topics: " + String.join(", ", removed));
        }
    }

    /**
     * Continues from the source's present position although changes are lost, and writes that down on the control log.
     *
     * @param actor who decided it
     */
    public void acceptLoss(String reason, String actor) {
        try {
            source.acceptLoss(xlog, board, reason, actor);
        } catch (Exception e) {
            throw Failures.classify(e, sql -> source.classify(sql, null));
        }
    }

    @Override
    public void close() {
        stop();
        if (!boardStarted) {
            return;
        }
        board.close();
    }
}
