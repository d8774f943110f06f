package io.twinlog.connect.source;

import io.twinlog.connect.data.XlogMapping;
import io.twinlog.schemas.wire.SingleObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What capture has sent and the worker has not stored. Bounded by bytes (invariant 10), so that capture waits for a slow Kafka;
 * a stop fails all that is left, which capture sends again in its next session. Safe for many threads.
 */
final class RecordQueue {

    private static final long MOST_BYTES = 16L << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Sent> waiting = new ArrayDeque<>();
    private final Set<Sent> inFlight = new HashSet<>();
    private final Map<Long, XlogMapping> mappings = new ConcurrentHashMap<>();
    private long bytes;
    private boolean stopped;

    /** One record; equal only to itself. */
    static final class Sent {
        private final String topic;
        private final int partition;
        private final byte @Nullable [] key;
        private final byte[] value;
        private final Callback stored;

        Sent(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
            this.topic = topic;
            this.partition = partition;
            this.key = key;
            this.value = value;
            this.stored = stored;
        }

        String topic() {
            return topic;
        }

        int partition() {
            return partition;
        }

        byte @Nullable [] key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        private long weight() {
            byte[] keyBytes = key;
            return 200L + value.length + (keyBytes == null ? 0 : keyBytes.length);
        }
    }

    /** A schema that records sent from now on may have. */
    void know(Schema schema) {
        mappings.computeIfAbsent(SingleObject.fingerprint(schema), fingerprint -> XlogMapping.of(schema));
    }

    /** The mapping of a record that was sent. */
    XlogMapping mapping(byte[] record) {
        XlogMapping found = mappings.get(SingleObject.readFingerprint(record));
        if (found == null) {
            throw new IllegalStateException("A record was sent before its schema");
        }
        return found;
    }

    /** Appends a record; waits for room. */
    void add(Sent sent) {
        lock.lock();
        try {
            while (bytes > MOST_BYTES && !stopped) {
                changed.await();
            }
            requireRunning();
            bytes += sent.weight();
            waiting.add(sent);
            changed.signalAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            lock.unlock();
        }
    }

    private void requireRunning() {
        if (stopped) {
            throw new TimeoutException("The connector's task was stopped");
        }
    }

    /** Takes up to so many records; waits a while for the first. */
    List<Sent> take(int most, long waitMillis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while (waiting.isEmpty() && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            List<Sent> taken = new ArrayList<>();
            while (taken.size() < most && !waiting.isEmpty()) {
                Sent sent = waiting.remove();
                inFlight.add(sent);
                taken.add(sent);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Kafka has stored a record that was taken. */
    void stored(Sent sent, RecordMetadata metadata) {
        if (forget(sent)) {
            sent.stored.onCompletion(metadata, null);
        }
    }

    private boolean forget(Sent sent) {
        lock.lock();
        try {
            if (!inFlight.remove(sent)) {
                return false;
            }
            bytes -= sent.weight();
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is left. */
    void awaitEmpty() {
        lock.lock();
        try {
            while (!stopped && !(waiting.isEmpty() && inFlight.isEmpty())) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what a session has sent and nobody has stored; what comes late of it is ignored. */
    void clear() {
        lock.lock();
        try {
            waiting.clear();
            inFlight.clear();
            bytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is stored any more: all that is left has failed. */
    void stop() {
        List<Sent> failed = new ArrayList<>();
        lock.lock();
        try {
            stopped = true;
            failed.addAll(inFlight);
            failed.addAll(waiting);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        clear();
        failed.forEach(
                sent -> sent.stored.onCompletion(null, new TimeoutException("The connector's task was stopped")));
    }

    /** Records that are not stored. */
    int size() {
        lock.lock();
        try {
            return waiting.size() + inFlight.size();
        } finally {
            lock.unlock();
        }
    }
}
