package io.twinlog.capture.mariadb.changes;

import static java.util.Objects.requireNonNull;

import io.twinlog.capture.mariadb.binlog.BinlogConnection;
import io.twinlog.capture.mariadb.binlog.LogBytes;
import io.twinlog.capture.mariadb.binlog.LogEvent;
import io.twinlog.capture.mariadb.binlog.QueryEvent;
import io.twinlog.capture.mariadb.binlog.RowsEvent;
import io.twinlog.capture.mariadb.binlog.TransactionHead;
import io.twinlog.capture.mariadb.catalog.LogIdentity;
import io.twinlog.capture.stream.ChangeStream;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.capture.stream.TransactionWriter;
import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the transactions of the binlog. Owned by the capturing thread.
 *
 * <p>A transaction begins with its GTID event and ends with XID, or with the statement COMMIT; what only consists of one statement has
 * no end of its own. Its place among the others is where its GTID event starts. Offsets inside a transaction are counted, since newer
 * servers do not say them. Every event that is not understood stops capture (invariant 3).
 */
public final class BinlogStream implements ChangeStream {

    /** The lease and whatever else must hold while the stream flows; looked at every two seconds. */
    @FunctionalInterface
    public interface Guard {
        void check() throws SQLException;
    }

    private static final int IDLE_MILLIS = 50;
    private static final long GUARD_NANOS = 2_000_000_000L;
    private static final long BEGIN_NANOS = 30_000_000_000L;
    private static final long LARGEST_OFFSET = 0xFFFF_FFFFL;

    private final BinlogConnection connection;
    private final TransactionWriter writer;
    private final LoggedTables tables;
    private final LogIdentity identity;
    private final Guard guard;
    private final Consumer<String> messages;
    private final RowChanges changes;
    private long file;
    private long offset;
    /** Where the events are that are packed in the last one of that kind. */
    private long packedAt;

    private @Nullable TransactionHead transaction;
    private boolean passedOver;
    private boolean endsWithFile;
    private long sourceEnd;
    private long guarded = System.nanoTime();

    /**
     * @param start where the connection was asked to begin
     * @param identity what is remembered of the log's identity
     */
    public BinlogStream(
            BinlogConnection connection,
            TransactionWriter writer,
            LoggedTables tables,
            long start,
            LogIdentity identity,
            Guard guard,
            Consumer<String> messages) {
        this.connection = connection;
        this.writer = writer;
        this.changes = new RowChanges(writer);
        this.tables = tables;
        this.identity = identity;
        this.guard = guard;
        this.messages = messages;
        this.file = SourcePosition.fileNumber(start);
        this.offset = SourcePosition.offset(start);
    }

    /**
     * Waits for the description of the file, with which the server shows that it has our place, and which tells whether it is the file
     * that it was.
     */
    public void begin() throws IOException, SQLException {
        long deadline = System.nanoTime() + BEGIN_NANOS;
        while (System.nanoTime() < deadline) {
            LogEvent event = await();
            if (event != null) {
                take(event);
                if (event.type() == LogEvent.FORMAT_DESCRIPTION) {
                    return;
                }
            }
        }
        throw new IOException("The source does not send its binlog");
    }

    @Override
    public boolean next(Runnable beforeWaiting) throws IOException, SQLException {
        if (System.nanoTime() - guarded > GUARD_NANOS) {
            guarded = System.nanoTime();
            guard.check();
        }
        LogEvent event = connection.poll();
        if (event == null) {
            beforeWaiting.run();
            event = await();
        }
        if (event == null) {
            return false;
        }
        take(event);
        return event.type() != LogEvent.HEARTBEAT;
    }

    private @Nullable LogEvent await() throws IOException, SQLException {
        try {
            return connection.next(IDLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while waiting for the source", e);
        }
    }

    private void take(LogEvent event) {
        switch (event.type()) {
            case LogEvent.ROTATE -> rotate(event);
            case LogEvent.FORMAT_DESCRIPTION -> identity.fileBegins(file, event.seconds());
            case LogEvent.HEARTBEAT -> heartbeat(event);
            default -> {
                long start = event.isPacked() ? packedAt : offset;
                offset = event.endOffset() != 0 && !isBeyond(event) ? event.endOffset() : offset + event.length();
                dispatch(event, start);
                if (transaction == null && !endsWithFile) {
                    writer.reached(position(offset));
                }
            }
        }
    }

    /** Past 4 GiB the log's own offsets begin again at 0. */
    private boolean isBeyond(LogEvent event) {
        return offset + event.length() > LARGEST_OFFSET;
    }

    private void dispatch(LogEvent event, long start) {
        switch (event.type()) {
            case LogEvent.GTID, LogEvent.GTID_MYSQL, LogEvent.ANONYMOUS_GTID_MYSQL, LogEvent.GTID_TAGGED_MYSQL ->
                begin(event, start);
            case LogEvent.TRANSACTION_PAYLOAD -> packedAt = start;
            case LogEvent.PARTIAL_UPDATE_ROWS -> throw Refused.partialJson(place(start));
            case LogEvent.TABLE_MAP -> describe(event);
            case LogEvent.WRITE_ROWS_V1,
                    LogEvent.UPDATE_ROWS_V1,
                    LogEvent.DELETE_ROWS_V1,
                    LogEvent.WRITE_ROWS_V2,
                    LogEvent.UPDATE_ROWS_V2,
                    LogEvent.DELETE_ROWS_V2 -> rows(RowsEvent.read(event), start);
            case LogEvent.XID -> commit();
            case LogEvent.QUERY -> query(QueryEvent.read(event), start);
            case LogEvent.XA_PREPARE -> prepared();
            case LogEvent.INCIDENT -> throw Refused.incident(place(start));
            default -> {
                if (!event.changesNothing()) {
                    throw Refused.unknown(event, place(start));
                }
            }
        }
    }

    // --- transactions

    private void begin(LogEvent event, long start) {
        TransactionHead head = identity.begin(event);
        transaction = head;
        passedOver = identity.isCaptured(head);
        writer.begin(position(Math.min(start, LARGEST_OFFSET)), head.committedMicros(), head.number());
        if (head.gtid() != null) {
            writer.details(Map.of("gtid", head.gtid()));
        }
        if (head.origin() != null) {
            writer.origin(head.origin());
        }
    }

    /** Former shapes, of what is captured already, would be published as if they were new. */
    private void describe(LogEvent event) {
        if (!passedOver) {
            tables.describe(event);
        }
    }

    private void commit() {
        TransactionHead ended = requireTransaction();
        if (offset > LARGEST_OFFSET) {
            // No position can name this place. A file that large ends here.
            endsWithFile = true;
            return;
        }
        finish(ended, position(offset));
    }

    private void finish(TransactionHead ended, long end) {
        transaction = null;
        endsWithFile = false;
        identity.committed(ended);
        writer.commit(end);
    }

    private TransactionHead requireTransaction() {
        TransactionHead open = transaction;
        if (open == null) {
            throw new TwinlogException(
                    Category.BUG, "The binlog ends a transaction at " + place(offset) + " that it has not begun");
        }
        return open;
    }

    private void requirePlace() {
        if (!writer.isBegun()) {
            identity.requirePlace(requireTransaction());
        }
    }

    private void prepared() {
        refuseInside("an XA transaction, which cannot be captured");
        commit();
    }

    private void refuseInside(String what) {
        if (writer.isBegun()) {
            throw Refused.inside(what, place(offset));
        }
    }

    private void rotate(LogEvent event) {
        LogBytes bytes = event.bytes();
        long nextOffset = bytes.readLittle(8);
        long nextFile = SourcePosition.numberOf(bytes.readUtf8(bytes.remaining()));
        boolean moves = nextFile != file;
        file = nextFile;
        offset = nextOffset;
        TransactionHead open = transaction;
        if (open != null && endsWithFile) {
            finish(open, position(offset));
        } else if (open != null && moves) {
            if (writer.isBegun()) {
                throw new BrokenTransactionException(position(offset));
            }
            transaction = null;
            writer.abandon();
        }
        tables.forget();
        if (transaction == null) {
            writer.reached(position(offset));
        }
    }

    private void heartbeat(LogEvent event) {
        LogBytes bytes = event.bytes();
        long number = SourcePosition.numberOf(bytes.readUtf8(bytes.remaining()));
        if (number == file && event.endOffset() >= offset) {
            sourceEnd = position(event.endOffset());
            writer.reached(sourceEnd);
        }
    }

    // --- statements

    private void query(QueryEvent query, long start) {
        TransactionHead open = transaction;
        switch (query.meaning()) {
            case COMMIT -> {
                if (open != null) {
                    commit();
                }
                return;
            }
            case ROLLBACK -> {
                refuseInside("a ROLLBACK");
                if (open != null && !query.isToSavepoint()) {
                    commit();
                }
                return;
            }
            case TRUNCATE -> truncate(query, start);
            case DEFINITION -> define(query);
            case ROWS_AS_STATEMENT -> throw Refused.statement(query.head(), place(start));
            case BEGIN -> {
                transaction = open == null ? null : open.withEnd();
                return;
            }
            case XA_BEGIN -> {
                transaction = open == null ? null : open.asPreparedXa();
                return;
            }
            case SAVEPOINT, OTHER -> {}
        }
        if (open != null && open.standalone()) {
            commit();
        }
    }

    private void truncate(QueryEvent query, long start) {
        TableId table = query.truncated();
        if (table == null) {
            throw new TwinlogException(
                    Category.BUG,
                    "The statement '" + query.head() + " ...' at " + place(start)
                            + " is not understood. Nothing was skipped.");
        }
        if (passedOver || !tables.isCaptured(table)) {
            return;
        }
        TableVersion version = tables.current(table);
        if (version == null) {
            messages.accept("WARNING: table " + table
                    + " was truncated and then dropped or left without a key; the TRUNCATE is not" + " replicated");
            return;
        }
        requirePlace();
        writer.truncate(version, position(Math.min(start, LARGEST_OFFSET)));
    }

    private void define(QueryEvent query) {
        tables.forget();
        if (query.changesPartitions()) {
            messages.accept(
                    "WARNING: '" + query.head() + " ...' changes the rows of partitions; that is not replicated");
        }
    }

    // --- rows

    private void rows(RowsEvent rows, long start) {
        if (rows.isDummy() || passedOver) {
            return;
        }
        LoggedTables.Entry table = tables.find(rows.table());
        if (table == null) {
            throw new TwinlogException(
                    Category.BUG, "The binlog changes a table at " + place(start) + " that it has not described");
        }
        TableVersion version = table.version();
        if (version == null) {
            return;
        }
        TransactionHead open = requireTransaction();
        if (open.preparedXa()) {
            throw Refused.xa(version.id(), place(start));
        }
        if (!rows.isWhole() || rows.columns() != version.shape().columns().size()) {
            throw Refused.partialRow(version.id(), place(start));
        }
        requirePlace();
        changes.publish(rows, version, requireNonNull(table.decoder()), position(Math.min(start, LARGEST_OFFSET)));
    }

    private long position(long at) {
        return SourcePosition.ofBinlog(file, at);
    }

    private String place(long at) {
        return "file " + file + ", offset " + at;
    }

    // --- for the loop

    @Override
    public long sourceEnd() {
        return sourceEnd;
    }

    @Override
    public boolean takeHaste() {
        return false;
    }

    /** The server keeps its binlog by its own settings; nothing is to be told. */
    @Override
    public void confirm(long position) {}

    @Override
    public void remember(Map<String, String> facts) {
        identity.put(writer.position(), facts);
    }

    @Override
    public long pauses() {
        return 0;
    }
}
