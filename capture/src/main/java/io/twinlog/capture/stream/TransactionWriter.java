package io.twinlog.capture.stream;

import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import io.twinlog.schemas.origin.OriginMark;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the changes of the log into transactions of events. A transaction is opened on the topic with its first captured
 * change, so one without any gets no number. Not thread-safe.
 */
public final class TransactionWriter {

    private final Publisher publisher;
    private final EventWriter events;
    private final boolean localOnly;
    private ChunkFilter filter;

    private long commit;
    private long commitMicros;
    private @Nullable Long xid;
    private @Nullable String origin;
    private Map<String, String> details = Map.of();
    private boolean inTransaction;
    private boolean begun;
    private boolean leftOut;
    private boolean filtering;
    private boolean filterChanged;
    private @Nullable String barrier;
    private long position;

    /**
     * @param position up to where the control log is complete
     * @param localOnly leaves out what an applier has written
     */
    public TransactionWriter(Publisher publisher, ChunkFilter filter, long position, boolean localOnly) {
        this.publisher = publisher;
        this.events = new EventWriter(publisher);
        this.filter = filter;
        this.localOnly = localOnly;
        this.position = position;
    }

    /** Whether the log is inside a transaction. */
    public boolean isInTransaction() {
        return inTransaction;
    }

    /** Up to here everything was handed to the publisher. */
    public long position() {
        return position;
    }

    /** The source has nothing up to {@code walEnd}. Ignored inside a transaction. */
    public void reached(long walEnd) {
        if (!inTransaction && Long.compareUnsigned(walEnd, position) > 0) {
            position = walEnd;
        }
    }

    /** Whether the filter lost a table since the last call. */
    public boolean takeFilterChanged() {
        boolean changed = filterChanged;
        filterChanged = false;
        return changed;
    }

    public ChunkFilter filter() {
        return filter;
    }

    /**
     * A transaction opens.
     *
     * @param at its place among the others: where its commit starts
     * @param micros when it was committed, microseconds since 1970
     */
    public void begin(long at, long micros, @Nullable Long transactionId) {
        commit = at;
        commitMicros = micros;
        xid = transactionId;
        origin = null;
        details = Map.of();
        inTransaction = true;
        begun = false;
        leftOut = false;
        filtering = !filter.isSpent(at);
    }

    private void ensureBegun() {
        if (!begun) {
            begun = true;
            events.begin(publisher.begin(new Publisher.Transaction(commit, commitMicros, xid, origin, details)));
        }
    }

    /** The open transaction is complete. {@code end} is the place behind it, where reading goes on. */
    public void commit(long end) {
        if (begun) {
            publisher.end(end);
        }
        inTransaction = false;
        begun = false;
        position = end;
        String token = barrier;
        if (token != null) {
            barrier = null;
            publisher.barrier(position, token);
        }
    }

    /** The open transaction, which has changed nothing that is captured, is no more. */
    public void abandon() {
        if (begun) {
            throw new IllegalStateException("Events of the transaction were sent");
        }
        inTransaction = false;
    }

    /** The open transaction was first made elsewhere; said before its changes. */
    public void origin(String name) {
        origin = name;
        leftOut = localOnly && OriginMark.isOfApplier(name);
    }

    /** What BEGIN says beside the rest, such as a GTID. */
    public void details(Map<String, String> more) {
        details = more;
    }

    /** Whether the open transaction has changed a captured table. */
    public boolean isBegun() {
        return begun;
    }

    public void insert(TableVersion table, long lsn, Tuple row) {
        if (leftOut || isKnown(table, row, null)) {
            return;
        }
        ensureBegun();
        events.insert(table, lsn, row);
    }

    /**
     * @param old the old row or its identity columns, or null where the log does not carry it
     * @param oldIsKey whether {@code old} holds only the identity columns
     */
    public void update(TableVersion table, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
        if (leftOut) {
            return;
        }
        if (filtering) {
            boolean newKnown = isKnown(table, row, old);
            boolean oldKnown = old == null ? newKnown : isKnown(table, old, null);
            if (newKnown && oldKnown) {
                return;
            }
            if (newKnown != oldKnown && old != null) {
                // The row moved between chunks of different snapshots: the half that a chunk holds is left out.
                ensureBegun();
                if (newKnown) {
                    events.delete(table, lsn, old, oldIsKey);
                } else {
                    events.insertFilled(table, lsn, row, old, oldIsKey);
                }
                return;
            }
        }
        ensureBegun();
        events.update(table, lsn, old, oldIsKey, row);
    }

    public void delete(TableVersion table, long lsn, Tuple old, boolean oldIsKey) {
        if (leftOut || isKnown(table, old, null)) {
            return;
        }
        ensureBegun();
        events.delete(table, lsn, old, oldIsKey);
    }

    private boolean isKnown(TableVersion table, Tuple row, @Nullable Tuple old) {
        return filtering && filter.leavesOut(table.id(), table.shape(), commit, row, old);
    }

    public void truncate(TableVersion table, long lsn) {
        if (leftOut) {
            return;
        }
        if (filtering && filter.truncated(table.id(), commit)) {
            filterChanged = true;
        }
        ensureBegun();
        events.truncate(table, lsn);
    }

    /** A marker that somebody waits for: part of the open transaction, or at a place between transactions. */
    public void barrier(boolean transactional, long lsn, String token) {
        if (transactional && inTransaction) {
            barrier = token;
        } else {
            reached(lsn);
            publisher.barrier(position, token);
        }
    }
}
