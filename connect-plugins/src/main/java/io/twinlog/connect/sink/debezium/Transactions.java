package io.twinlog.connect.sink.debezium;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that have been read in part or as a whole and are not given out yet, in the order of their BEGINs. It remembers the
 * last ones that are done with, so that what comes of them once more is known. Not thread-safe.
 */
final class Transactions {

    private static final int MOST_REMEMBERED = 10_000;

    private final Map<String, SourceTransaction> open = new HashMap<>();
    private final ArrayDeque<SourceTransaction> begun = new ArrayDeque<>();
    private final Map<String, Long> done = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** Whether a record belongs to a transaction that is done with: numbers of transactions come again, places in the log do not. */
    boolean isDone(TransactionMark mark) {
        Long commit = done.get(mark.txId());
        return commit != null && mark.lsn() <= commit;
    }

    void boundary(TransactionMark mark, Struct value, Place place) {
        SourceTransaction transaction = transaction(mark);
        if (!transaction.isBegun()) {
            begun.add(transaction);
        }
        transaction.boundary(value, mark.lsn(), place);
    }

    void event(TransactionMark mark, long order, String table, SinkRecord record, Place place) {
        transaction(mark).event(order, table, mark.lsn(), record, place);
    }

    private SourceTransaction transaction(TransactionMark mark) {
        return open.computeIfAbsent(mark.txId(), SourceTransaction::new);
    }

    /** The first one of which a BEGIN or an END has been read, or null. */
    @Nullable
    SourceTransaction first() {
        return begun.peek();
    }

    /** How many are known by a BEGIN or an END. */
    int begun() {
        return begun.size();
    }

    /** One that has events, but neither BEGIN nor END so far, or null. */
    @Nullable
    SourceTransaction withoutBegin() {
        for (SourceTransaction transaction : open.values()) {
            if (!transaction.isBegun()) {
                return transaction;
            }
        }
        return null;
    }

    /** Takes the first one away, for good. */
    SourceTransaction remove() {
        SourceTransaction transaction = begun.remove();
        open.remove(transaction.txId());
        remember(transaction.txId(), transaction.commitLsn());
        return transaction;
    }

    private void remember(String txId, long commitLsn) {
        if (commitLsn != 0) {
            done.remove(txId);
            done.put(txId, commitLsn);
        }
    }

    /**
     * Takes those away that have neither BEGIN nor END and an event before one of a transaction that is complete, and returns their
     * places. Debezium sends what it sends to one partition in order, so their BEGINs came before that transaction's; as they are not
     * known, they were applied before the sink started, and these events are repetitions.
     */
    List<Place> removeOvertaken(SourceTransaction complete) {
        if (open.size() == begun.size()) {
            return List.of();
        }
        Map<TopicPartition, Long> first = new HashMap<>();
        complete.places().forEach(place -> first.merge(place.partition(), place.offset(), Math::min));
        List<Place> removed = new ArrayList<>();
        open.values().removeIf(transaction -> {
            boolean overtaken = !transaction.isBegun()
                    && transaction.places().stream()
                            .anyMatch(place -> place.offset() < first.getOrDefault(place.partition(), 0L));
            if (overtaken) {
                removed.addAll(transaction.places());
                remember(transaction.txId(), complete.commitLsn());
            }
            return overtaken;
        });
        return removed;
    }
}
