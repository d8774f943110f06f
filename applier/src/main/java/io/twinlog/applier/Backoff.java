package io.twinlog.applier;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that grow, with jitter, so that appliers do not come back all at once. Not thread-safe. */
final class Backoff {

    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final RandomGenerator random;
    private int attempts;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The next wait, between half and all of twice the one before. */
    Duration next() {
        long ceiling = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(attempts, 10));
        attempts++;
        return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }

    int attempts() {
        return attempts;
    }

    void reset() {
        attempts = 0;
    }
}
