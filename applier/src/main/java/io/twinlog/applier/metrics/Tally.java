package io.twinlog.applier.metrics;

import io.twinlog.applier.merge.XlogEvent;
import io.twinlog.schemas.control.ControlRecord;
import io.twinlog.schemas.event.DataEvent;
import io.twinlog.schemas.event.EnvelopeReader;
import io.twinlog.schemas.event.Operation;
import io.twinlog.schemas.table.TableId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What the open target transaction holds; counts only after its commit. Not thread-safe. */
public final class Tally {

    private static final int OPERATIONS = Operation.values().length;

    private final Map<TableId, long[]> events = new HashMap<>();
    private long[] commitMicros = new long[1_024];
    private int commits;
    private int transactions;
    private long count;

    /** Adds events that were executed. Those that do not follow their schema belong to no table. */
    public void addEvents(List<XlogEvent> executed) {
        count += executed.size();
        EnvelopeReader last = null;
        long @Nullable [] counts = null;
        for (XlogEvent event : executed) {
            DataEvent data = event.data();
            if (data == null) {
                continue;
            }
            if (counts == null || data.reader() != last) {
                last = data.reader();
                counts = events.computeIfAbsent(last.shape().id(), id -> new long[OPERATIONS]);
            }
            counts[data.operation().ordinal()]++;
        }
    }

    /** Adds source transactions that are complete. */
    public void addTransactions(List<ControlRecord> begins) {
        transactions += begins.size();
        for (ControlRecord begin : begins) {
            if (begin.detail(ControlRecord.Detail.CHUNK) == null) {
                if (commits == commitMicros.length) {
                    commitMicros = Arrays.copyOf(commitMicros, 2 * commits);
                }
                commitMicros[commits++] = begin.timeMicros();
            }
        }
    }

    public long events() {
        return count;
    }

    public int transactions() {
        return transactions;
    }

    /** Events by table and, within, by {@link Operation#ordinal()}. */
    Map<TableId, long[]> byTable() {
        return events;
    }

    /** When the source committed its transactions, microseconds since 1970; without the chunks of an initial sync. */
    LongStream commitMicros() {
        return Arrays.stream(commitMicros, 0, commits);
    }

    public void clear() {
        events.clear();
        commits = 0;
        transactions = 0;
        count = 0;
    }
}
