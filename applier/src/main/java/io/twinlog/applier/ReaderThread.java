package io.twinlog.applier;

import io.twinlog.applier.batch.BatchBuilder;
import io.twinlog.applier.batch.Work;
import io.twinlog.applier.batch.WorkQueue;
import io.twinlog.applier.merge.Merged;
import io.twinlog.applier.merge.XlogReader;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Fetches, merges and builds batches. A failure travels through the queue, behind everything read before it. Owns the reader
 * while it runs.
 */
final class ReaderThread extends Thread {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long POSITIONS_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long TELL_GROUP_EVERY_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long SILENT_AFTER_NANOS = Duration.ofSeconds(10).toNanos();

    private final XlogReader reader;
    private final BatchBuilder<?> builder;
    private final WorkQueue<?> queue;
    private final Consumer<RuntimeException> fail;
    private final Backlog backlog;
    private final Consumer<Boolean> silence;
    private final Consumer<@Nullable String> obstacle;
    private volatile boolean stopping;
    private long positionsNanos;
    private long groupNanos = System.nanoTime();
    private boolean silent;

    /** Hears, time and again, how many events wait, and how many of them are fetched. */
    @FunctionalInterface
    interface Backlog {
        void waiting(long events, long fetched);
    }

    /**
     * @param backlog hears how many events wait, and how many of them are fetched
     * @param silence hears when Kafka stops and starts to answer
     * @param obstacle hears, time and again, what the reader waits for, or null
     */
    <P> ReaderThread(
            XlogReader reader,
            BatchBuilder<P> builder,
            WorkQueue<P> queue,
            Backlog backlog,
            Consumer<Boolean> silence,
            Consumer<@Nullable String> obstacle) {
        super("twinlog-applier-reader");
        setDaemon(true);
        this.reader = reader;
        this.builder = builder;
        this.queue = queue;
        this.backlog = backlog;
        this.silence = silence;
        this.obstacle = obstacle;
        this.fail = failure -> {
            try {
                queue.addOther(new Work.Fail<>(failure));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                step();
            }
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
            if (!stopping) {
                fail.accept(new IllegalStateException("The reading thread was interrupted", e));
            }
        } catch (RuntimeException e) {
            fail.accept(e);
        } catch (OutOfMemoryError e) {
            fail.accept(new IllegalStateException("Out of memory: give the process a larger heap (-Xmx)", e));
        }
    }

    private void step() throws InterruptedException {
        int records = reader.poll(POLL);
        long now = System.nanoTime();
        if (now - positionsNanos >= POSITIONS_EVERY_NANOS) {
            positionsNanos = now;
            reader.wantPositions();
            backlog.waiting(reader.backlog(), reader.fetchedAhead());
            tellSilence(now - reader.reachableNanos() > SILENT_AFTER_NANOS);
            obstacle.accept(reader.obstacle());
        }
        boolean any = false;
        for (Merged merged = reader.next(); merged != null; merged = reader.next()) {
            any = true;
            if (merged instanceof Merged.Ended ended) {
                tellGroup(ended.positions(), now);
            }
            builder.accept(merged);
        }
        queue.fetchedAhead(reader.fetchedAhead());
        if (!any && records == 0) {
            reader.checkForHoles();
        }
    }

    private void tellGroup(@Nullable Map<TopicPartition, Long> positions, long now) {
        if (positions != null && now - groupNanos >= TELL_GROUP_EVERY_NANOS) {
            groupNanos = now;
            reader.tellGroup(positions);
        }
    }

    private void tellSilence(boolean nowSilent) {
        if (silent != nowSilent) {
            silent = nowSilent;
            silence.accept(nowSilent);
        }
    }

    /** Ends the thread and waits for it; afterwards the reader is the caller's again. */
    void end() {
        stopping = true;
        queue.close();
        boolean interrupted = false;
        interrupt();
        while (isAlive()) {
            try {
                join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
