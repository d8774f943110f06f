package io.twinlog.connect.sink.debezium;

import io.twinlog.applier.merge.Merged;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.TransactionPrefix;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** What is complete, numbered and in the words of the xlog, until the applier takes it. Not thread-safe. */
final class GivenTransactions {

    private final long epoch;
    private final DebeziumEvents events;
    private final ArrayDeque<Merged> ready = new ArrayDeque<>();
    private long seq;

    GivenTransactions(long epoch, DebeziumEvents events) {
        this.epoch = epoch;
        this.events = events;
    }

    /** @param seq of the last transaction that the target has */
    void start(long seq) {
        this.seq = seq;
    }

    /**
     * Adds a transaction.
     *
     * @param millis when it was committed, in milliseconds since 1970; 0 where that is not known
     * @param applied the log up to and with it
     * @param positions from where each partition is to be read on behind it
     */
    void add(
            List<SinkRecord> records,
            long millis,
            @Nullable Long txId,
            AppliedLog applied,
            Map<TopicPartition, Long> positions) {
        seq++;
        String position = Long.toString(applied.lsn());
        long micros = applied.millis() * 1000;
        ControlRecord begin = new ControlRecord(
                ControlKind.BEGIN, epoch, seq, position, txId, micros, null, 0, List.of(), 0, null, Map.of());
        TransactionPrefix prefix = new TransactionPrefix(epoch, seq, micros, txId, position, millis, null);
        ready.add(new Merged.Began(begin));
        long ordinal = 0;
        for (SinkRecord record : records) {
            ready.add(events.of(record, prefix, ++ordinal));
        }
        ready.add(new Merged.Ended(begin, begin, positions));
    }

    /** Begins, events and ends that wait to be taken. */
    int size() {
        return ready.size();
    }

    @Nullable
    Merged take() {
        return ready.poll();
    }
}
