package io.twinlog.capture.metrics;

import io.twinlog.schemas.event.Operation;
import java.util.concurrent.atomic.AtomicLongArray;

/** Events captured from a table since the process began, by operation. One thread counts, any may read. */
public final class TableCounts {

    private final AtomicLongArray counts = new AtomicLongArray(Operation.values().length);

    public void count(Operation operation) {
        int index = operation.ordinal();
        // Only one thread writes, so no atomic addition is needed.
        counts.setRelease(index, counts.getPlain(index) + 1);
    }

    long of(Operation operation) {
        return counts.getOpaque(operation.ordinal());
    }
}
