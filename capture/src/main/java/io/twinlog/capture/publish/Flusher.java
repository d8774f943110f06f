package io.twinlog.capture.publish;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Lets go at once what the producer would otherwise hold back to fill its batches. The producer's own linger is long, since in
 * a backlog large requests cost a fraction of small ones; it is this thread that makes latency small when there is none. What
 * is asked for during a flush shares the next one, so requests never pile up. {@link #request} may be called by any thread.
 */
final class Flusher implements AutoCloseable {

    private final Runnable flush;
    private final Consumer<Exception> failed;
    private final Thread thread;
    private volatile boolean wanted;
    private volatile boolean closed;

    /**
     * @param flush sends what is held back and returns when it is stored
     * @param failed hears that flushing is no longer possible
     */
    Flusher(Runnable flush, Consumer<Exception> failed) {
        this.flush = flush;
        this.failed = failed;
        this.thread = new Thread(this::run, "twinlog-capture-flush");
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

    private void run() {
        while (!closed) {
            if (!wanted) {
                LockSupport.park(this);
                continue;
            }
            wanted = false;
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
