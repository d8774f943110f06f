package io.twinlog.capture.publish;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Collects records and hands them to the producer in rounds, one partition after the other, on a thread of its own. So the
 * producer meets all records of a batch at once: batches are as full as they can be whatever the number of partitions, and no
 * record travels alone because a flush is under way. Within a partition the order is that of {@link #add}.
 *
 * <p>A round begins at once when nothing follows ({@link #release}), else when its first record has waited for some time or
 * there is much. The more the round before it carried, in records or in batches, the longer the next one waits: a source that
 * sends much, but not so much that it is a backlog, gets requests of a good size, and a thousand tables do not cost a thousand
 * batches for every few rows. {@link #add} belongs to one thread; the rest may be called by any.
 */
final class Dispatcher implements AutoCloseable {

    private static final long LINGER_NANOS = 25_000_000;
    private static final long MIN_GAP_NANOS = 3_000_000;
    private static final long GAP_NANOS_PER_RECORD = 20_000;
    private static final long MAX_RECORDS_GAP_NANOS = 10_000_000;
    private static final long GAP_NANOS_PER_BATCH = 100_000;
    private static final long MAX_BATCHES_GAP_NANOS = 500_000_000;

    private final Producer<byte[], byte[]> producer;
    private final long capacity;
    private final Thread thread;

    private SendRound collecting = new SendRound();
    private SendRound spare = new SendRound();
    private long firstNanos;
    private boolean released;
    private boolean busy;
    private boolean closed;
    private @Nullable KafkaException failure;

    /**
     * @param producer is used, and never closed
     * @param capacity bytes of records that may wait here
     */
    Dispatcher(Producer<byte[], byte[]> producer, long capacity) {
        this.producer = producer;
        this.capacity = capacity;
        this.thread = new Thread(this::run, "twinlog-capture-send");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Takes a record; waits where there is no room.
     *
     * @throws KafkaException why nothing more can be sent
     */
    synchronized void add(String topic, int partition, byte @Nullable [] key, byte[] value, Callback stored) {
        while (isFull() && isOpen()) {
            await();
        }
        if (!isOpen()) {
            throw failure == null ? new KafkaException("Nothing more is sent to Kafka: the sender is closed") : failure;
        }
        boolean first = collecting.isEmpty();
        collecting.add(topic, partition, key, value, stored);
        if (first) {
            firstNanos = System.nanoTime();
            notifyAll();
        } else if (isFull()) {
            notifyAll();
        }
    }

    private boolean isFull() {
        return collecting.bytes() >= capacity;
    }

    private boolean isOpen() {
        return failure == null && !closed;
    }

    /** Nothing follows for the time being: what was taken need not wait for company. Returns at once. */
    synchronized void release() {
        if (!released && !collecting.isEmpty()) {
            released = true;
            notifyAll();
        }
    }

    /** Returns when everything that was taken so far is stored or has failed. */
    synchronized void flush() {
        while ((busy || !collecting.isEmpty()) && isOpen()) {
            release();
            await();
        }
    }

    private void run() {
        long notBefore = System.nanoTime();
        try {
            for (SendRound round = next(notBefore); round != null; round = next(notBefore)) {
                long begin = System.nanoTime();
                try {
                    round.handTo(producer);
                } catch (RuntimeException | OutOfMemoryError e) {
                    fail(e, round.unanswered());
                    return;
                }
                producer.flush();
                notBefore = begin + gap(round);
                finished(round);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e, List.of());
        }
    }

    /** How far the next round's begin is from that of this one at least, by what this one cost. */
    private static long gap(SendRound round) {
        return Math.max(
                Math.min(MAX_RECORDS_GAP_NANOS, MIN_GAP_NANOS + GAP_NANOS_PER_RECORD * round.records()),
                Math.min(MAX_BATCHES_GAP_NANOS, GAP_NANOS_PER_BATCH * round.partitions()));
    }

    /** Waits for the next round; null at the end. */
    private synchronized @Nullable SendRound next(long notBefore) {
        while (!closed) {
            if (collecting.isEmpty()) {
                await();
                continue;
            }
            long now = System.nanoTime();
            long early = Math.max(notBefore - now, released ? 0 : firstNanos + LINGER_NANOS - now);
            if (early <= 0 || isFull()) {
                SendRound round = collecting;
                collecting = spare;
                released = false;
                busy = true;
                notifyAll();
                return round;
            }
            await(early);
        }
        return null;
    }

    private synchronized void finished(SendRound round) {
        round.clear();
        spare = round;
        busy = false;
        notifyAll();
    }

    /** Nothing more is sent; who waits for an answer gets this one. */
    private void fail(Throwable cause, List<Callback> unanswered) {
        KafkaException reason = cause instanceof KafkaException known
                ? known
                : new KafkaException("Sending to Kafka failed: " + cause, cause);
        List<Callback> callbacks = new ArrayList<>(unanswered);
        synchronized (this) {
            failure = reason;
            callbacks.addAll(collecting.unanswered());
            notifyAll();
        }
        callbacks.forEach(callback -> callback.onCompletion(null, reason));
    }

    private void await() {
        await(0);
    }

    /** Waits for news; 0 for any time. */
    private void await(long nanos) {
        try {
            wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Drops what is not handed over, and ends the thread, in the middle of a flush if need be. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
    }
}
