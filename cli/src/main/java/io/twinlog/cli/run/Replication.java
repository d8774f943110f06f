package io.twinlog.cli.run;

import io.twinlog.cli.terminal.ExitCode;
import io.twinlog.schemas.failure.TwinlogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of this process at work, a thread each. The first part that fails stops the others in order and decides the exit
 * code; a part that ends by itself (an initial sync without stream) lets the others finish.
 *
 * <p>{@link #run()} belongs to one thread, {@link #stop()} may come from any.
 */
public final class Replication {

    private static final Logger LOG = LoggerFactory.getLogger(Replication.class);

    /** Longer than any batch takes; a service manager kills later. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final List<Part> parts;
    private final Remainder remainder;
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private volatile boolean stopping;

    /** @param remainder what is left to do when a part has ended by itself */
    public Replication(List<Part> parts, Remainder remainder) {
        this.parts = List.copyOf(parts);
        this.remainder = remainder;
    }

    /** The wait, in a thread of its own, for the others to finish what a part that ended by itself has left them. */
    @FunctionalInterface
    public interface Remainder {
        void await() throws InterruptedException;
    }

    /** Works until all parts have ended, and returns the first failure if there was one. */
    public @Nullable Throwable run() throws InterruptedException {
        List<Part> running = new ArrayList<>(parts);
        for (Part part : parts) {
            new Thread(() -> ended.add(work(part)), "twinlog-" + part.role()).start();
        }
        Throwable failure = null;
        while (!running.isEmpty()) {
            Ended end = stopping ? ended.poll(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS) : ended.take();
            if (end == null) {
                LOG.error(
                        "{} did not stop within {} s and is left; nothing is lost by that",
                        names(running),
                        STOP_LIMIT.toSeconds());
                return failure == null ? new IllegalStateException(names(running) + " did not stop") : failure;
            }
            running.remove(end.part());
            if (end.failure() != null) {
                failure = firstOf(failure, end.failure());
                stop();
            } else if (!stopping && !running.isEmpty()) {
                finish();
            }
        }
        return failure;
    }

    private void finish() {
        Thread finisher = new Thread(
                () -> {
                    try {
                        remainder.await();
                        stop();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "twinlog-finish");
        finisher.setDaemon(true);
        finisher.start();
    }

    /** Asks every part to finish its batch and leave: capture first, so that the applier is not fed any more. */
    public void stop() {
        stopping = true;
        ended.add(Ended.NOBODY);
        parts.forEach(Part::stop);
    }

    private static Ended work(Part part) {
        try {
            part.run();
            return new Ended(part, null);
        } catch (Throwable e) {
            if (!(e instanceof TwinlogException)) {
                LOG.error("{} failed in a way that nobody foresaw", part.role(), e);
            } else {
                LOG.debug("{} failed", part.role(), e);
            }
            return new Ended(part, e);
        }
    }

    private static Throwable firstOf(@Nullable Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }

    private static String names(List<Part> parts) {
        return String.join(" and ", parts.stream().map(Part::role).toList());
    }

    /** The exit code of what {@link #run()} returned. */
    public static ExitCode exitCode(@Nullable Throwable failure) {
        return failure == null ? ExitCode.DONE : ExitCode.of(failure);
    }

    private record Ended(@Nullable Part part, @Nullable Throwable failure) {
        /** Wakes the waiting thread, which then waits with a limit. */
        static final Ended NOBODY = new Ended(null, null);
    }
}
