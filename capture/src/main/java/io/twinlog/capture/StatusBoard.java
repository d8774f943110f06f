package io.twinlog.capture;

import io.twinlog.capture.publish.KafkaClients;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.status.StatusCodec;
import io.twinlog.schemas.topic.TopicNames;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a capture, told to the listener and to the status topic every two seconds and at each change, by a thread of its
 * own. Safe for many threads.
 *
 * <p>STARTUP leads to STARTUP2 (initial sync) or PRIMARY (captures), STARTUP2 to PRIMARY; an outage leads from any of them to
 * PAUSED and, when it is over, back through STARTUP; a gap ends in STALE, an orderly stop in REMOVED.
 */
final class StatusBoard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);
    private static final long INTERVAL_MILLIS = 2_000;
    private static final byte[] KEY = "capture".getBytes(StandardCharsets.UTF_8);

    private final CaptureListener listener;
    private final KafkaClients kafka;
    private final String topic;
    private final Clock clock;
    private final String member;
    private final Map<String, String> details = new ConcurrentHashMap<>();
    private final Thread thread;
    private final Runnable beforeTick;

    private MemberState state = MemberState.STARTUP;
    private @Nullable String reason;
    private long sinceMicros;
    private boolean due = true;
    private boolean closed;
    private volatile boolean topicExists;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /** @param beforeTick called before each regular report, to look after details */
    StatusBoard(CaptureListener listener, KafkaClients kafka, TopicNames names, Clock clock, Runnable beforeTick) {
        this.listener = listener;
        this.kafka = kafka;
        this.topic = names.status();
        this.clock = clock;
        this.member = host() + ":" + ProcessHandle.current().pid();
        this.beforeTick = beforeTick;
        this.sinceMicros = nowMicros();
        this.thread = new Thread(this::run, "twinlog-capture-status");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** The status topic may be written from now on. */
    void topicExists() {
        topicExists = true;
    }

    /** Enters a state, or gives a new reason for the same. */
    synchronized void transition(MemberState to, @Nullable String why) {
        if (to == state && Objects.equals(why, reason)) {
            return;
        }
        if (to != state) {
            LOG.info("State {} -> {}{}", state, to, why == null ? "" : ": " + why);
            sinceMicros = nowMicros();
        }
        state = to;
        reason = why;
        due = true;
        notifyAll();
    }

    synchronized MemberState state() {
        return state;
    }

    void detail(String name, @Nullable String value) {
        if (value == null) {
            details.remove(name);
        } else {
            details.put(name, value);
        }
    }

    /** Tells humans something. */
    void message(String line) {
        LOG.info("{}", line);
        synchronized (listener) {
            listener.message(line);
        }
    }

    synchronized MemberStatus status() {
        return new MemberStatus("capture", member, state, reason, sinceMicros, nowMicros(), new HashMap<>(details));
    }

    private void run() {
        try {
            while (waitUntilDue()) {
                beforeTick.run();
                report(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean waitUntilDue() throws InterruptedException {
        long deadline = System.nanoTime() + INTERVAL_MILLIS * 1_000_000;
        while (!due && !closed) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        due = false;
        return !closed;
    }

    private void report(boolean last) {
        MemberStatus status = status();
        synchronized (listener) {
            try {
                listener.state(status);
            } catch (RuntimeException e) {
                LOG.warn("The listener failed", e);
            }
        }
        if (!topicExists) {
            return;
        }
        try {
            KafkaProducer<byte[], byte[]> target = producer;
            if (target == null) {
                target = kafka.statusProducer();
                producer = target;
            }
            target.send(new ProducerRecord<>(topic, 0, KEY, StatusCodec.encode(status)));
            if (last) {
                target.close(Duration.ofSeconds(2));
            }
        } catch (KafkaException e) {
            // The status is a courtesy; the trouble shows where events are sent.
            LOG.debug("The status could not be sent", e);
        }
    }

    private long nowMicros() {
        return clock.millis() * 1000;
    }

    /** Reports the last state and ends. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            notifyAll();
        }
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        report(true);
        KafkaProducer<byte[], byte[]> target = producer;
        if (target != null) {
            target.close(Duration.ZERO);
        }
    }
}
