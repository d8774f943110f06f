package io.twinlog.capture.snapshot;

import java.sql.SQLException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Hands chunks out to readers in order and lets the publisher follow in the same order, not too far behind. Thread-safe. */
final class ChunkQueue {

    private final ChunkPlan plan;
    private final int limit;
    private final ArrayDeque<ChunkPlan.Task> handedOut = new ArrayDeque<>();
    private boolean exhausted;
    private @Nullable Exception failure;

    /** @param limit chunks that may be read ahead of the publisher */
    ChunkQueue(ChunkPlan plan, int limit) {
        this.plan = plan;
        this.limit = limit;
    }

    /** The next chunk for a reader, or null when none is left. Waits while enough is read ahead. */
    synchronized ChunkPlan.@Nullable Task next(RowSource.Reader snapshot) throws SQLException, InterruptedException {
        while (handedOut.size() >= limit && failure == null) {
            wait();
        }
        if (exhausted || failure != null) {
            return null;
        }
        ChunkPlan.Task task = plan.next(snapshot);
        if (task == null) {
            exhausted = true;
        } else {
            handedOut.add(task);
        }
        notifyAll();
        return task;
    }

    /** The chunk that the publisher takes next, or null: either all are published or none was handed out in time. */
    synchronized ChunkPlan.@Nullable Task peek(long millis) throws Exception {
        if (handedOut.isEmpty() && !exhausted && failure == null) {
            wait(millis);
        }
        if (handedOut.isEmpty() && failure != null) {
            throw failure;
        }
        return handedOut.peek();
    }

    /** The publisher is through with the chunk it peeked. */
    synchronized void published() {
        handedOut.remove();
        notifyAll();
    }

    synchronized boolean isFinished() {
        return exhausted && handedOut.isEmpty();
    }

    synchronized void fail(Exception why) {
        if (failure == null) {
            failure = why;
        }
        notifyAll();
    }
}
