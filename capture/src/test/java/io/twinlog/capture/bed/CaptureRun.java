package io.twinlog.capture.bed;

import io.twinlog.capture.Capture;
import io.twinlog.capture.CaptureConfig;
import io.twinlog.capture.CaptureListener;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A capture in a thread of its own. Closing stops it in order. */
public final class CaptureRun implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Capture capture;
    private final Thread thread;
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<MemberState> states = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;

    private CaptureRun(CaptureConfig config) {
        capture = new Capture(config, new CaptureListener() {
            @Override
            public void state(MemberStatus status) {
                states.add(status.state());
            }

            @Override
            public void message(String line) {
                messages.add(line);
            }
        });
        thread = new Thread(
                () -> {
                    try {
                        capture.run();
                    } catch (Throwable e) {
                        failure = e;
                    } finally {
                        ended = true;
                    }
                },
                "capture-" + config.replication());
        thread.start();
    }

    public static CaptureRun start(CaptureConfig config) {
        return new CaptureRun(config);
    }

    public Capture capture() {
        return capture;
    }

    public List<String> messages() {
        return messages;
    }

    public CaptureRun awaitState(MemberState state) {
        Awaitility.await("state " + state).atMost(PATIENCE).pollInterval(LOOK).until(() -> {
            if (ended && state != MemberState.REMOVED) {
                throw new IllegalStateException("Capture ended", failure);
            }
            return capture.status().state() == state;
        });
        return this;
    }

    public CaptureRun awaitStreaming() {
        return awaitState(MemberState.PRIMARY);
    }

    /** Waits for the capture to fail and returns why. */
    public TwinlogException awaitFailure() {
        Awaitility.await("failure").atMost(PATIENCE).pollInterval(LOOK).until(() -> ended);
        if (failure instanceof TwinlogException known) {
            return known;
        }
        throw new IllegalStateException("No TwinlogException", failure);
    }

    public CaptureRun awaitEnd() {
        Awaitility.await("end").atMost(PATIENCE).pollInterval(LOOK).until(() -> ended);
        if (failure != null) {
            throw new IllegalStateException("Capture failed", Objects.requireNonNull(failure));
        }
        return this;
    }

    @Override
    public void close() {
        capture.stop();
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException("Capture does not stop");
        }
    }
}
