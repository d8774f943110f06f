package io.twinlog.connect.sink.debezium;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A transaction of the source as far as it has been read. Not thread-safe. */
final class SourceTransaction {

    /** What Debezium counts messages of the source's log under; they change no row. */
    private static final String MESSAGES = "LOGICAL_DECODING_MESSAGE";

    private final String txId;
    private final TreeMap<Long, Event> events = new TreeMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private boolean begun;
    private @Nullable Struct end;
    private long commitLsn;

    private record Event(String table, long lsn, SinkRecord record) {}

    SourceTransaction(String txId) {
        this.txId = txId;
    }

    String txId() {
        return txId;
    }

    boolean isBegun() {
        return begun;
    }

    /** Whether its END has been read. */
    boolean isEnded() {
        return end != null;
    }

    /** Its BEGIN or END; the first of them gives it its place among the transactions. */
    void boundary(Struct value, long lsn, Place place) {
        places.add(place);
        begun = true;
        if ("END".equals(value.getString("status"))) {
            end = value;
            commitLsn = lsn;
        }
    }

    /**
     * One of its events, or one of them again: a restarted Debezium repeats with the numbers that it gave before.
     *
     * @param order its number in the transaction
     * @throws TwinlogException if the number was another change's before
     */
    void event(long order, String table, long lsn, SinkRecord record, Place place) {
        places.add(place);
        Event known = events.putIfAbsent(order, new Event(table, lsn, record));
        if (known == null) {
            counts.merge(table, 1L, Long::sum);
        } else if (!known.table.equals(table) || known.lsn != lsn) {
            throw new TwinlogException(
                    Category.CONFIG,
                    "Debezium has told transaction " + txId + " twice, and differently: its change " + order
                            + " is one of "
                            + known.table + " at " + known.lsn + ", and one of " + table + " at " + lsn + " (" + place
                            + "). Was its list of tables changed within the transaction? Resynchronise the target with a"
                            + " snapshot of Debezium's.");
        }
    }

    /**
     * How many events each table lacks that the END counts: nothing if it is complete. Invariant 3: what is counted and not there is
     * waited for, whether or not its topic is known.
     *
     * @param leftOut tables that nobody waits for
     */
    Map<String, Long> missing(Predicate<String> leftOut) {
        Map<String, Long> missing = new TreeMap<>();
        List<Struct> collections = end().getArray("data_collections");
        for (Struct collection : collections == null ? List.<Struct>of() : collections) {
            String table = collection.getString("data_collection");
            long lacks = collection.getInt64("event_count") - counts.getOrDefault(table, 0L);
            if (lacks > 0 && !table.equals(MESSAGES) && !leftOut.test(table)) {
                missing.put(table, lacks);
            }
        }
        return missing;
    }

    /** Its END. */
    Struct end() {
        return Objects.requireNonNull(end, "the END of a transaction that has ended");
    }

    /** Where the source's log has its commit, once it is ended; 0 where Debezium does not tell. */
    long commitLsn() {
        return commitLsn;
    }

    /** In the order of the transaction. */
    List<SinkRecord> events() {
        return events.values().stream().map(Event::record).toList();
    }

    /** How many different events have been read. */
    int size() {
        return events.size();
    }

    List<Place> places() {
        return places;
    }
}
