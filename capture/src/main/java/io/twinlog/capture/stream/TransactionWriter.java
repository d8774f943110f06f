package io.twinlog.capture.stream;

import io.twinlog.capture.postgres.pgoutput.ChangeVisitor;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.pgoutput.Tuple;
import io.twinlog.capture.publish.Publisher;
import io.twinlog.capture.snapshot.chunk.ChunkFilter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the changes of the log into transactions of events. A transaction is opened on the topic with its first captured
 * change, so one without any gets no number. Not thread-safe.
 */
public final class TransactionWriter implements ChangeVisitor {

    /** Prefix of logical messages that are barriers; their content is the token. */
    public static final String BARRIER_PREFIX = "twinlog";

    private final Publisher publisher;
    private final TableDirectory tables;
    private final EventWriter events;
    private ChunkFilter filter;

    private long commitLsn;
    private long commitMicros;
    private long xid;
    private @Nullable String origin;
    private boolean inTransaction;
    private boolean begun;
    private boolean filtering;
    private boolean filterChanged;
    private @Nullable String barrier;
    private long position;

    /** @param position up to where the control log is complete */
    public TransactionWriter(Publisher publisher, TableDirectory tables, ChunkFilter filter, long position) {
        this.publisher = publisher;
        this.tables = tables;
        this.events = new EventWriter(publisher);
        this.filter = filter;
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

    @Override
    public void begin(long lsn, long micros, long transactionId) {
        commitLsn = lsn;
        commitMicros = micros;
        xid = transactionId;
        origin = null;
        inTransaction = true;
        begun = false;
        filtering = !filter.isSpent(lsn);
    }

    private void ensureBegun() {
        if (!begun) {
            begun = true;
            events.begin(publisher.begin(new Publisher.Transaction(commitLsn, commitMicros, xid, origin, Map.of())));
        }
    }

    @Override
    public void commit(long lsn, long endLsn, long micros) {
        if (begun) {
            publisher.end(endLsn);
        }
        inTransaction = false;
        begun = false;
        position = endLsn;
        String token = barrier;
        if (token != null) {
            barrier = null;
            publisher.barrier(position, token);
        }
    }

    @Override
    public void origin(String name) {
        origin = name;
    }

    @Override
    public void relation(Relation relation) {
        tables.describe(relation);
    }

    @Override
    public void type(int oid, String schema, String name) {
        tables.type(oid, schema, name);
    }

    @Override
    public void insert(int relation, long lsn, Tuple row) {
        TableVersion table = tables.find(relation);
        if (isKnown(table, row, null)) {
            return;
        }
        ensureBegun();
        events.insert(table, lsn, row);
    }

    @Override
    public void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
        TableVersion table = tables.find(relation);
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

    @Override
    public void delete(int relation, long lsn, Tuple old, boolean oldIsKey) {
        TableVersion table = tables.find(relation);
        if (isKnown(table, old, null)) {
            return;
        }
        ensureBegun();
        events.delete(table, lsn, old, oldIsKey);
    }

    private boolean isKnown(TableVersion table, Tuple row, @Nullable Tuple old) {
        return filtering && filter.leavesOut(table.id(), table.shape(), commitLsn, row, old);
    }

    @Override
    public void truncate(int[] relations, long lsn) {
        for (int relation : relations) {
            TableVersion table = tables.find(relation);
            if (filtering && filter.truncated(table.id(), commitLsn)) {
                filterChanged = true;
            }
            ensureBegun();
            events.truncate(table, lsn);
        }
    }

    @Override
    public void message(boolean transactional, long lsn, String prefix, byte[] content) {
        if (!prefix.equals(BARRIER_PREFIX)) {
            return;
        }
        String token = new String(content, StandardCharsets.UTF_8);
        if (transactional && inTransaction) {
            barrier = token;
        } else {
            reached(lsn);
            publisher.barrier(position, token);
        }
    }
}
