package io.twinlog.sandbox;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A wait for something that nobody announces (a process of another parent, a file): looks again and again until a limit. */
record Condition(Duration limit) {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    static Condition within(Duration limit) {
        return new Condition(limit);
    }

    boolean holds(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw Interrupted.while_("waiting for a condition");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
