package io.twinlog.capture.publish;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.topic.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads the control log from its end. Not thread-safe. */
public final class ControlLogTail implements AutoCloseable {

    private static final int FIRST_STEP = 1_000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final Outlet outlet;
    private final TopicPartition partition;

    /** A control record and its place. */
    public record Entry(long offset, ControlRecord record) {}

    public ControlLogTail(KafkaClients kafka, TopicNames names) {
        this.consumer = kafka.consumer();
        this.outlet = kafka.outlet();
        this.partition = new TopicPartition(names.transactions(), 0);
    }

    /** The newest checkpoint; reads back in growing steps until it is found. */
    public Checkpoint newest() {
        if (consumer.partitionsFor(partition.topic()).isEmpty()) {
            return Checkpoint.NOTHING;
        }
        long begin = begin();
        long end = end();
        long to = end;
        List<Entry> read = new ArrayList<>();
        for (long step = FIRST_STEP; to > begin; step *= 4) {
            long from = Math.max(begin, to - step);
            List<Entry> earlier = new ArrayList<>(records(from, to));
            earlier.addAll(read);
            read = earlier;
            to = from;
            Checkpoint found = evaluate(read, end, to == begin);
            if (found != null) {
                return found;
            }
        }
        return Checkpoint.NOTHING;
    }

    /** The checkpoint that the records of a tail hold, or null if more is to be read. */
    static @Nullable Checkpoint evaluate(List<Entry> tail, long end, boolean whole) {
        long epoch = tail.stream().mapToLong(e -> e.record().epoch()).max().orElse(0);
        Map<String, String> facts = null;
        long seq = 0;
        long stored = -1;
        String resume = null;
        String position = null;
        long time = 0;
        for (Entry entry : tail) {
            ControlRecord record = entry.record();
            // A frozen capture that woke up may still have written records of an older epoch.
            if (record.epoch() != epoch || record.kind() == ControlKind.INTENT) {
                continue;
            }
            if (record.kind() == ControlKind.EPOCH || record.kind() == ControlKind.HEARTBEAT) {
                facts = record.details();
            }
            String carried = record.resumePosition();
            if (carried != null && record.storedSeq() >= stored) {
                resume = record.storedSeq() == stored ? SourcePosition.later(resume, carried) : carried;
                stored = record.storedSeq();
            }
            position = SourcePosition.later(position, record.position());
            time = Math.max(time, record.timeMicros());
            seq = Math.max(seq, record.kind() == ControlKind.EPOCH ? record.seq() - 1 : record.seq());
        }
        if (facts != null && resume != null) {
            return new Checkpoint(Checkpoint.Stage.ESTABLISHED, epoch, seq, stored, resume, facts, time, position, end);
        }
        if (!whole) {
            return null;
        }
        boolean begun = tail.stream().anyMatch(e -> e.record().kind() != ControlKind.INTENT);
        if (begun) {
            throw new io.twinlog.schemas.failure.TwinlogException(
                    io.twinlog.schemas.failure.Category.GAP,
                    "The control log holds records of epoch " + epoch + " but neither the beginning of the epoch nor a"
                            + " heartbeat; part of it was deleted, so the position to continue from is unknown. Use"
                            + " `twinlog drop` and start with an initial sync, or `twinlog accept-loss` to continue from now on.");
        }
        return tail.isEmpty()
                ? Checkpoint.NOTHING
                : new Checkpoint(Checkpoint.Stage.INTENT, 0, 0, 0, null, Map.of(), time, null, end);
    }

    public long begin() {
        Long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
        return begin == null ? 0 : begin;
    }

    public long end() {
        Long end = consumer.endOffsets(List.of(partition)).get(partition);
        return end == null ? 0 : end;
    }

    /** The records from one offset up to, and without, another. */
    public List<Entry> records(long from, long to) {
        List<Entry> result = new ArrayList<>();
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(partition) < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to && record.value() != null) {
                    result.add(new Entry(record.offset(), outlet.control(record.value())));
                }
                deadline = System.nanoTime() + PATIENCE.toNanos();
            }
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        "The control log " + partition.topic() + " could not be read up to offset " + to);
            }
        }
        return result;
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
