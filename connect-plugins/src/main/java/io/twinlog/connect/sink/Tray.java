package io.twinlog.connect.sink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Between the worker's thread, which brings records, and an applier's thread, which reads them. What the reader wants of the worker's
 * consumer (go there, pause, resume) is done when the worker calls the next time.
 *
 * <p>A partition that was sent elsewhere gives nothing until the worker's consumer is there: records that were under way are dropped
 * and come again. Partitions that nobody has asked for are paused. Bounded: while enough is queued, everything is paused.
 */
final class Tray {

    private static final int MOST_RECORDS = 4_000;
    /** A rebalance takes less. */
    private static final long SUSPICIOUS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<SinkRecord> queue = new ArrayDeque<>();
    private final Map<TopicPartition, Long> expected = new HashMap<>();
    private final Map<TopicPartition, Long> position = new HashMap<>();
    private final Map<TopicPartition, Long> seeks = new HashMap<>();
    private final Set<TopicPartition> pausedByReader = new HashSet<>();
    private final Set<TopicPartition> pausedAtWorker = new HashSet<>();
    private Map<TopicPartition, Long> applied = Map.of();
    private boolean knowsWorker;
    private Set<TopicPartition> assignedAtWorker = Set.of();
    private long completeNanos = System.nanoTime();
    private final @Nullable TopicPartition only;

    /** @param only the one partition whose records come here, or null for all */
    Tray(@Nullable TopicPartition only) {
        this.only = only;
    }

    // --- the worker's side

    /** Takes what the worker brings, and tells its consumer what the reader wants. */
    void put(Collection<SinkRecord> records, SinkTaskContext context) {
        lock.lock();
        try {
            assignedAtWorker = Set.copyOf(context.assignment());
            for (SinkRecord record : records) {
                take(record);
            }
            if (!seeks.isEmpty()) {
                Map<TopicPartition, Long> mine = new HashMap<>(seeks);
                mine.keySet().retainAll(context.assignment());
                context.offset(mine);
                seeks.keySet().removeAll(mine.keySet());
            }
            pause(context);
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void take(SinkRecord record) {
        TopicPartition partition = partition(record);
        Long next = expected.get(partition);
        if (next == null || seeks.containsKey(partition) || record.originalKafkaOffset() < next) {
            return;
        }
        expected.put(partition, record.originalKafkaOffset() + 1);
        queue.add(record);
    }

    /** Where a record stood, whatever transformations made of it. */
    static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    private void pause(SinkTaskContext context) {
        boolean full = queue.size() > MOST_RECORDS;
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        TopicPartition mine = only;
        for (TopicPartition partition : mine == null ? context.assignment() : Set.of(mine)) {
            boolean wanted = !full && expected.containsKey(partition) && !pausedByReader.contains(partition);
            if (wanted && pausedAtWorker.remove(partition)) {
                resume.add(partition);
            } else if (!wanted && pausedAtWorker.add(partition)) {
                pause.add(partition);
            }
        }
        pausedAtWorker.retainAll(context.assignment());
        if (!knowsWorker) {
            // A tray before this one may have left partitions paused that a rebalance let us keep.
            knowsWorker = true;
            resume.addAll(mine == null ? context.assignment() : Set.of(mine));
            resume.removeAll(pause);
        }
        if (!pause.isEmpty()) {
            context.pause(pause.toArray(TopicPartition[]::new));
        }
        if (!resume.isEmpty()) {
            context.resume(resume.toArray(TopicPartition[]::new));
        }
    }

    /** Where reading would go on, as far as the reader has told. */
    Map<TopicPartition, Long> applied() {
        lock.lock();
        try {
            return applied;
        } finally {
            lock.unlock();
        }
    }

    // --- the reader's side

    /** Wants exactly these partitions; a new one gives nothing before {@link #seek}. */
    void assign(Set<TopicPartition> partitions) {
        lock.lock();
        try {
            expected.keySet().retainAll(partitions);
            position.keySet().retainAll(partitions);
            seeks.keySet().retainAll(partitions);
            pausedByReader.retainAll(partitions);
            queue.removeIf(record -> !partitions.contains(partition(record)));
        } finally {
            lock.unlock();
        }
    }

    void seek(TopicPartition partition, long offset) {
        lock.lock();
        try {
            expected.put(partition, offset);
            position.put(partition, offset);
            seeks.put(partition, offset);
            queue.removeIf(record -> partition(record).equals(partition));
        } finally {
            lock.unlock();
        }
    }

    long position(TopicPartition partition) {
        lock.lock();
        try {
            return position.getOrDefault(partition, 0L);
        } finally {
            lock.unlock();
        }
    }

    /** Topics that the reader has wanted for a while and the worker does not bring. */
    Set<String> absentTopics() {
        lock.lock();
        try {
            Set<String> absent = new TreeSet<>();
            for (TopicPartition partition : expected.keySet()) {
                if (!assignedAtWorker.contains(partition)) {
                    absent.add(partition.topic());
                }
            }
            long now = System.nanoTime();
            if (absent.isEmpty()) {
                completeNanos = now;
            }
            return now - completeNanos < SUSPICIOUS_AFTER_NANOS ? Set.of() : absent;
        } finally {
            lock.unlock();
        }
    }

    void pause(Collection<TopicPartition> partitions) {
        lock.lock();
        try {
            pausedByReader.addAll(partitions);
        } finally {
            lock.unlock();
        }
    }

    void resume(Collection<TopicPartition> partitions) {
        lock.lock();
        try {
            pausedByReader.removeAll(partitions);
        } finally {
            lock.unlock();
        }
    }

    /** The next records; waits a while for the first. */
    List<SinkRecord> poll(Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (queue.isEmpty() && left > 0) {
                left = filled.awaitNanos(left);
            }
            List<SinkRecord> taken = new ArrayList<>(queue);
            queue.clear();
            for (SinkRecord record : taken) {
                position.put(partition(record), record.originalKafkaOffset() + 1);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    void tellApplied(Map<TopicPartition, Long> positions) {
        lock.lock();
        try {
            applied = Map.copyOf(positions);
        } finally {
            lock.unlock();
        }
    }

    /** How long a waiting reader may be kept from what it wants. */
    static final long CALL_AGAIN_MILLIS = TimeUnit.MILLISECONDS.toMillis(50);
}
