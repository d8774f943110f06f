package io.twinlog.connect.bed;

import io.twinlog.applier.Applier;
import io.twinlog.applier.ApplierConfig;
import io.twinlog.applier.ApplierListener;
import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.CaptureListener;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A capture or an applier as the daemon runs it, in a thread of its own. Closing stops it in order. */
public final class Daemon implements AutoCloseable {

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Runnable stop;
    private final Supplier<MemberStatus> status;
    private final Thread thread;
    private volatile Throwable failure;

    public static Daemon capture(CaptureConfig config) {
        return new Daemon(config);
    }

    public static Daemon applier(ApplierConfig config) {
        return new Daemon(config);
    }

    private Daemon(CaptureConfig config) {
        Capture capture = new Capture(config, new CaptureListener() {
            @Override
            public void state(MemberStatus present) {}

            @Override
            public void message(String line) {
                messages.add(line);
            }
        });
        stop = capture::stop;
        status = capture::status;
        thread = start(capture::run);
    }

    private Daemon(ApplierConfig config) {
        Applier applier = new Applier(config, new ApplierListener() {
            @Override
            public void state(MemberStatus present) {}

            @Override
            public void message(String line) {
                messages.add(line);
            }
        });
        stop = applier::stop;
        status = applier::status;
        thread = start(applier::run);
    }

    private Thread start(Runnable work) {
        Thread started = new Thread(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                failure = e;
            }
        });
        started.start();
        return started;
    }

    public Daemon awaitState(MemberState state) {
        Awaitility.await("state " + state)
                .atMost(Duration.ofSeconds(90))
                .failFast("it ended", () -> failure != null && state != MemberState.REMOVED)
                .until(() -> status.get().state() == state);
        return this;
    }

    public void awaitMessage(String part) {
        Awaitility.await(part)
                .atMost(Duration.ofSeconds(90))
                .until(() -> messages.stream().anyMatch(line -> line.contains(part))
                        || String.valueOf(status.get().reason()).contains(part));
    }

    public Throwable awaitFailure() {
        Awaitility.await("failure").atMost(Duration.ofSeconds(90)).until(() -> failure != null);
        return failure;
    }

    public MemberStatus status() {
        return status.get();
    }

    @Override
    public void close() {
        stop.run();
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("It does not stop");
        }
    }
}
