package io.twinlog.capture.postgres.pgoutput;

import io.twinlog.capture.row.Tuple;
import org.jspecify.annotations.Nullable;

/** Takes the messages of the log in their order. Tuples are valid until the call returns. */
public interface ChangeVisitor {

    /**
     * A transaction opens.
     *
     * @param commitLsn where its commit record starts
     * @param commitMicros when it was committed, microseconds since 1970
     */
    void begin(long commitLsn, long commitMicros, long xid);

    /** The open transaction was first made elsewhere. */
    void origin(String name);

    void relation(Relation relation);

    /** A type that is not built in; for a domain the name is that of its base type. */
    void type(int oid, String schema, String name);

    void insert(int relation, long lsn, Tuple row);

    /**
     * @param old the old row or its identity columns, or null where the log does not carry it
     * @param oldIsKey whether {@code old} holds only the identity columns (the others appear as null)
     */
    void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row);

    void delete(int relation, long lsn, Tuple old, boolean oldIsKey);

    void truncate(int[] relations, long lsn);

    void message(boolean transactional, long lsn, String prefix, byte[] content);

    /** @param endLsn the place behind the commit record: where reading goes on */
    void commit(long commitLsn, long endLsn, long commitMicros);
}
