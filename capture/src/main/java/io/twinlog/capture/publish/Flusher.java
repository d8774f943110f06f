package io.twinlog.capture.publish;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Lets go at once what the producer would otherwise hold back to fill its batches. The producer's own linger is long, since in
 * a backlog large requests cost a fraction of small ones; it is this thread that makes latency small when there is none. What
 * is asked for during a flush shares the next one, so requests never pile up; and the more a flush carried, the longer the
 * next one waits, so that a source that sends much, but not so much that it is a backlog, gets requests of a good size.
 * {@link #request} may be called by any thread.
 */
final class Flusher implements AutoCloseable {

    private static final long MIN_GAP_NANOS = 3_000_000;
    private static final long GAP_NANOS_PER_SEND = 20_000;
    private static final long MAX_GAP_NANOS = 10_000_000;

    private final Runnable flush;
    private final LongSupplier sent;
    private final Consumer<Exception> failed;
    private final Thread thread;
    private volatile boolean wanted;
    private volatile boolean closed;

    /**
     * @param flush sends what is held back and returns when it is stored
     * @param sent number of sends so far
     * @param failed hears that flushing is no longer possible
     */
    Flusher(Runnable flush, LongSupplier sent, Consumer<Exception> failed) {
        this.flush = flush;
        this.sent = sent;
        this.failed = failed;
        long sentBefore = sent.getAsLong();
        this.thread = new Thread(() -> run(sentBefore), "twinlog-capture-flush");
        thread.setDaemon(true);
        thread.start();
    }

    /** Everything sent so far shall leave now; returns at once. */
    void request() {
        if (!wanted) {
            wanted = true;
            LockSupport.unpark(thread);
        }
    }

    private void run(long alreadySent) {
        long sentBefore = alreadySent;
        long notBefore = System.nanoTime();
        while (!closed) {
            if (!wanted) {
                LockSupport.park(this);
                continue;
            }
            long early = notBefore - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(this, early);
                continue;
            }
            wanted = false;
            long now = sent.getAsLong();
            notBefore = System.nanoTime()
                    + Math.min(MAX_GAP_NANOS, MIN_GAP_NANOS + GAP_NANOS_PER_SEND * (now - sentBefore));
            sentBefore = now;
            try {
                flush.run();
            } catch (InterruptException e) {
                // Only close() interrupts: the loop's condition ends it.
            } catch (RuntimeException e) {
                failed.accept(e);
                return;
            }
        }
    }

    /** Ends the thread, in the middle of a flush if need be. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        LockSupport.unpark(thread);
    }
}
