package io.twinlog.capture.snapshot;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of one chunk on their way from its reader to the publisher, bounded by bytes. Safe for two threads. */
final class RowQueue {

    private final long limitBytes;
    private final ArrayDeque<List<byte[]>> batches = new ArrayDeque<>();
    private final ArrayDeque<Long> sizes = new ArrayDeque<>();
    private long bytes;
    private boolean finished;
    private @Nullable Exception failure;

    RowQueue(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Waits for room; a batch larger than the limit goes alone. */
    synchronized void put(List<byte[]> batch, long size) throws InterruptedException {
        while (bytes > 0 && bytes + size > limitBytes) {
            wait();
        }
        batches.add(batch);
        sizes.add(size);
        bytes += size;
        notifyAll();
    }

    synchronized void finish(@Nullable Exception why) {
        finished = true;
        failure = why;
        notifyAll();
    }

    /**
     * The next rows; null at the end of the chunk, an empty list if none came in time.
     *
     * @throws Exception what made the reader give up
     */
    synchronized @Nullable List<byte[]> take(long millis) throws Exception {
        if (batches.isEmpty() && !finished) {
            wait(millis);
        }
        if (failure != null) {
            throw failure;
        }
        if (batches.isEmpty()) {
            return finished ? null : List.of();
        }
        bytes -= sizes.remove();
        notifyAll();
        return batches.remove();
    }
}
