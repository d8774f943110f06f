package io.twinlog.applier;

import io.twinlog.applier.metrics.ApplierMetrics;
import io.twinlog.applier.metrics.Tally;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.status.MemberStatus;
import io.twinlog.schemas.status.StatusCodec;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * What the applier says about itself: to the listener at every change, to the status topic every 2 seconds. Safe for all
 * threads of the applier; publication has a thread of its own, so that a silent Kafka holds nobody up.
 */
final class StatusReporter implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration LAG_GOAL = Duration.ofSeconds(10);
    private static final long TELL_WAITING_EVERY_MICROS = Duration.ofMinutes(1).toNanos() / 1000;
    /** As which an applier speaks on the status topic. */
    static final String ROLE = "applier";

    private static final byte[] KEY = ROLE.getBytes(StandardCharsets.US_ASCII);

    private final ApplierListener listener;
    private final ApplierMetrics metrics;
    private final Clock clock;
    private final String member;
    private final String topic;
    private final ScheduledExecutorService timer;
    private final Map<String, Long> conflictsByKind = new TreeMap<>();
    private @Nullable Producer<byte[], byte[]> producer;
    private MemberState state = MemberState.STARTUP;
    private @Nullable String reason;
    private @Nullable String retry;
    private @Nullable String blockedBy;
    private @Nullable String waitsFor;
    private long toldWaiting;
    private long since;
    private long epoch;
    private long seq;
    private @Nullable String position;
    private @Nullable Instant commitTime;
    private long events;
    private long transactions;
    private long conflicts;
    private long backlog;
    private boolean snapshot;
    private boolean applying;
    private boolean closed;

    /** Starts in STARTUP; {@link #publishTo} starts the publication. */
    StatusReporter(ApplierListener listener, ApplierMetrics metrics, Clock clock, String topic) {
        this.listener = listener;
        this.metrics = metrics;
        this.clock = clock;
        this.topic = topic;
        this.member = memberName();
        this.since = now();
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "twinlog-applier-status");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static String memberName() {
        String host;
        try {
            host = java.net.InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            host = "localhost";
        }
        return host + ":" + ProcessHandle.current().pid();
    }

    /** The name of this process on the status topic. */
    String member() {
        return member;
    }

    private long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    /** Publishes on the status topic from now on; the producer stays its owner's. */
    synchronized void publishTo(Producer<byte[], byte[]> target) {
        boolean first = producer == null;
        producer = target;
        if (first && !closed) {
            var unused = timer.scheduleWithFixedDelay(this::tick, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        refresh();
        publish();
    }

    private void publish() {
        Producer<byte[], byte[]> target;
        synchronized (this) {
            target = producer;
        }
        if (target != null) {
            try {
                target.send(new ProducerRecord<>(topic, 0, KEY, StatusCodec.encode(status())), (stored, failure) -> {});
            } catch (KafkaException | IllegalStateException e) {
                // The next tick tries again; readers take our silence for what it is.
            }
        }
    }

    synchronized MemberStatus status() {
        Map<String, String> details = new TreeMap<>();
        details.put("epoch", Long.toString(epoch));
        details.put("seq", Long.toString(seq));
        if (position != null) {
            details.put("position", position);
        }
        Instant committed = commitTime;
        if (committed != null) {
            details.put("commit_time", committed.toString());
            long lag = backlog == 0 ? 0 : Math.max(0, ChronoUnit.MILLIS.between(committed, clock.instant()));
            details.put("lag_ms", Long.toString(lag));
        }
        details.put("lag_events", Long.toString(backlog));
        details.put("events", Long.toString(events));
        details.put("transactions", Long.toString(transactions));
        details.put("conflicts", Long.toString(conflicts));
        conflictsByKind.forEach((name, count) -> details.put("conflicts." + name, Long.toString(count)));
        return new MemberStatus(ROLE, member, state, reason, since, now(), details);
    }

    /** The last transaction that the target has. */
    synchronized long seq() {
        return seq;
    }

    void message(String line) {
        listener.message(line);
    }

    /** A state with a reason that holds until the next one. */
    void enter(MemberState next, @Nullable String why) {
        MemberStatus changed;
        synchronized (this) {
            applying = false;
            if (!change(next, next == MemberState.PAUSED && blockedBy != null ? why + ". " + wait(blockedBy) : why)) {
                return;
            }
            changed = status();
        }
        listener.state(changed);
        publishSoon();
    }

    /** The target asks to try a batch again, for this reason; null: the batch is applied. */
    void retrying(@Nullable String why) {
        if (why != null) {
            metrics.retried();
        }
        synchronized (this) {
            if (Objects.equals(retry, why)) {
                return;
            }
            retry = why;
        }
        refresh();
    }

    /** Sessions of the target that the applier waits for, as words; null: for none. */
    void blocked(@Nullable String sessions) {
        synchronized (this) {
            if (Objects.equals(blockedBy, sessions)) {
                return;
            }
            blockedBy = sessions;
        }
        refresh();
    }

    /** What keeps events that are read from being applied, as words; null: nothing. Told again while it lasts. */
    void waiting(@Nullable String what) {
        String line = null;
        synchronized (this) {
            long now = now();
            if (what == null) {
                line = waitsFor == null ? null : "Goes on: what was waited for is here.";
            } else if (waitsFor == null || now - toldWaiting >= TELL_WAITING_EVERY_MICROS) {
                line = what;
                toldWaiting = now;
            }
            if (line == null && Objects.equals(waitsFor, what)) {
                return;
            }
            waitsFor = what;
        }
        if (line != null) {
            listener.message(line);
        }
        refresh();
    }

    private static String wait(String sessions) {
        return "Waits for a lock of the target that is held by " + sessions;
    }

    private @Nullable String trouble() {
        List<String> parts = new ArrayList<>();
        if (retry != null) {
            parts.add(retry);
        }
        if (blockedBy != null) {
            parts.add(wait(blockedBy));
        }
        if (waitsFor != null) {
            parts.add(waitsFor);
        }
        return parts.isEmpty() ? null : String.join(". ", parts);
    }

    /** The applier works: the state follows from its lag. */
    void working() {
        synchronized (this) {
            applying = true;
        }
        refresh();
    }

    private void refresh() {
        MemberStatus changed;
        synchronized (this) {
            if (!applying) {
                return;
            }
            MemberState next;
            Instant committed = commitTime;
            if (snapshot) {
                next = MemberState.STARTUP2;
            } else if (waitsFor != null
                    || backlog > 0
                            && committed != null
                            && committed.isBefore(clock.instant().minus(LAG_GOAL))) {
                next = MemberState.RECOVERING;
            } else {
                next = MemberState.SECONDARY;
            }
            if (!change(next, trouble())) {
                return;
            }
            changed = status();
        }
        listener.state(changed);
        publishSoon();
    }

    private boolean change(MemberState next, @Nullable String why) {
        if (state == next && Objects.equals(reason, why)) {
            return false;
        }
        if (state != next) {
            since = now();
        }
        state = next;
        reason = why;
        return true;
    }

    private void publishSoon() {
        synchronized (this) {
            if (closed || producer == null) {
                return;
            }
        }
        timer.execute(this::publish);
    }

    synchronized void startAt(long atEpoch, long atSeq, @Nullable String atPosition, @Nullable Instant committed) {
        metrics.startAt(atSeq);
        epoch = atEpoch;
        seq = atSeq;
        position = atPosition;
        commitTime = committed;
    }

    synchronized void applied(@Nullable ControlRecord last, Tally committed) {
        if (last != null) {
            epoch = last.epoch();
            seq = last.seq();
            position = last.position();
            commitTime = Instant.EPOCH.plus(last.timeMicros(), ChronoUnit.MICROS);
        }
        transactions += committed.transactions();
        events += committed.events();
        metrics.committed(committed, seq);
    }

    synchronized void parked(List<ConflictRecord> records) {
        for (ConflictRecord record : records) {
            conflicts++;
            metrics.conflict(record);
            conflictsByKind.merge(
                    record.schema() + "." + record.table() + "." + record.kind().label(), 1L, Long::sum);
        }
    }

    /** An outage goes on. */
    void outage() {
        metrics.outage();
    }

    /** How many events wait, and how many of them are fetched. */
    synchronized void backlog(long waiting, long fetched) {
        backlog = waiting;
        metrics.waiting(waiting, fetched);
    }

    synchronized void snapshot(boolean running) {
        snapshot = running;
    }

    /** Publishes the last state and ends. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        timer.shutdownNow();
        publish();
    }
}
