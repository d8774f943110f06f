package io.twinlog.capture.postgres.changes;

import io.twinlog.capture.postgres.pgoutput.ChangeVisitor;
import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.row.Tuple;
import io.twinlog.capture.stream.TransactionWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Passes the messages of pgoutput on as changes of the table versions that they mean. Not thread-safe. */
public final class RelationChanges implements ChangeVisitor {

    /** Prefix of logical messages that are barriers; their content is the token. */
    public static final String BARRIER_PREFIX = "twinlog";

    private final TransactionWriter writer;
    private final Relations relations;

    public RelationChanges(TransactionWriter writer, Relations relations) {
        this.writer = writer;
        this.relations = relations;
    }

    @Override
    public void begin(long commitLsn, long commitMicros, long xid) {
        writer.begin(commitLsn, commitMicros, xid);
    }

    @Override
    public void origin(String name) {
        writer.origin(name);
    }

    @Override
    public void relation(Relation relation) {
        relations.describe(relation);
    }

    @Override
    public void type(int oid, String schema, String name) {
        relations.type(oid, schema, name);
    }

    @Override
    public void insert(int relation, long lsn, Tuple row) {
        writer.insert(relations.find(relation), lsn, row);
    }

    @Override
    public void update(int relation, long lsn, @Nullable Tuple old, boolean oldIsKey, Tuple row) {
        writer.update(relations.find(relation), lsn, old, oldIsKey, row);
    }

    @Override
    public void delete(int relation, long lsn, Tuple old, boolean oldIsKey) {
        writer.delete(relations.find(relation), lsn, old, oldIsKey);
    }

    @Override
    public void truncate(int[] truncated, long lsn) {
        for (int relation : truncated) {
            writer.truncate(relations.find(relation), lsn);
        }
    }

    @Override
    public void message(boolean transactional, long lsn, String prefix, byte[] content) {
        if (prefix.equals(BARRIER_PREFIX)) {
            writer.barrier(transactional, lsn, new String(content, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void commit(long commitLsn, long endLsn, long commitMicros) {
        writer.commit(endLsn);
    }
}
