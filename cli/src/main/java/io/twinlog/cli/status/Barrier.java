package io.twinlog.cli.status;

import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.cli.config.TargetConfiguration;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.cli.terminal.Figure;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mark in the source's log, and the wait until the target has passed it. What is parked counts as passed. Outages of the
 * target meanwhile are waited out. Used by one thread.
 */
public final class Barrier {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration BETWEEN_STATUS_LOOKS = Duration.ofSeconds(3);

    private final TwinlogConfiguration configuration;
    private final StatusCollector status;

    public Barrier(TwinlogConfiguration configuration) {
        this.configuration = configuration;
        this.status = new StatusCollector(configuration, Clock.systemUTC());
    }

    /** How a wait ended. */
    public enum Kind {
        REACHED,
        TIMEOUT,
        /** Changes before the mark are lost. */
        STALE
    }

    /**
     * The end of a wait.
     *
     * @param message where it stands, for people
     */
    public record Outcome(Kind kind, String message) {}

    /** Writes the mark and waits. */
    public Outcome await(Duration timeout) throws InterruptedException {
        long begin = System.nanoTime();
        String mark = SourceWitness.emitBarrier(configuration, UUID.randomUUID().toString());
        long lastLook = begin;
        try (Progress progress = new Progress()) {
            while (true) {
                if (progress.hasReached(mark)) {
                    return new Outcome(
                            Kind.REACHED,
                            "Applied or parked up to " + mark + " after "
                                    + Figure.seconds((System.nanoTime() - begin) / 1e9) + ".");
                }
                long now = System.nanoTime();
                boolean late = now - begin >= timeout.toNanos();
                if (late || now - lastLook > BETWEEN_STATUS_LOOKS.toNanos()) {
                    StatusReport report = status.collect();
                    lastLook = System.nanoTime();
                    if (report.staleness().stale()) {
                        return new Outcome(
                                Kind.STALE,
                                "The target will not reach " + mark + ": "
                                        + report.staleness().reason());
                    }
                    if (late) {
                        return new Outcome(Kind.TIMEOUT, standing(mark, timeout, report));
                    }
                }
                Thread.sleep(PAUSE.toMillis());
            }
        }
    }

    private static String standing(String mark, Duration timeout, StatusReport report) {
        return "Not applied up to " + mark + " within " + Figure.seconds(timeout.toMillis() / 1000.0) + ".\n"
                + new StatusText(report);
    }

    /** The target's progress over a connection that is made anew when it breaks. */
    private final class Progress implements AutoCloseable {
        private @Nullable ProgressView view;

        boolean hasReached(String mark) {
            try {
                if (view == null) {
                    TargetConfiguration target = configuration.requiredTarget();
                    view = new ProgressView(
                            configuration.replication().text(),
                            target.url().jdbc(),
                            target.user(),
                            target.password().reveal());
                }
                return view.hasReached(mark) && isOfTheSource(view);
            } catch (SQLException e) {
                close();
                return false;
            }
        }

        /** What was applied last may come from a server whose replica has become the source. */
        private boolean isOfTheSource(ProgressView progress) throws SQLException {
            String systemId = progress.progress().map(StoredProgress::systemId).orElse(null);
            return systemId == null || SourceWitness.sharesLogWith(configuration, systemId);
        }

        @Override
        public void close() {
            try {
                if (view != null) {
                    view.close();
                }
            } catch (SQLException e) {
                // It is broken already.
            } finally {
                view = null;
            }
        }
    }
}
