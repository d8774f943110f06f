package io.twinlog.cli.run;

import io.twinlog.cli.config.TwinlogConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The wait for servers at the start of a replication that has worked before: what was set up once and does not answer is an
 * outage. At a first start it is more likely a mistake, and is reported as one.
 *
 * @param stopped at zero as soon as nobody wants to start any more
 */
public record Readiness(TwinlogConfiguration configuration, List<Part> parts, CountDownLatch stopped) {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    private static final int LOOKS_BETWEEN_REPORTS = 15;

    /**
     * Looks until all servers answer, or nobody waits any more.
     *
     * @param report told at first and then about every half minute what it waits for
     * @return what the last look found
     */
    public Preconditions await(Consumer<Preconditions> report) throws InterruptedException {
        Preconditions found = Preconditions.of(parts, configuration);
        for (int look = 0; found.waitsForServersOnly() && (look > 0 || wasEstablished()); look++) {
            if (look % LOOKS_BETWEEN_REPORTS == 0) {
                report.accept(found);
            }
            if (stopped.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                return found;
            }
            found = Preconditions.of(parts, configuration);
        }
        return found;
    }

    private boolean wasEstablished() {
        return parts.stream().anyMatch(Part::isEstablished);
    }
}
