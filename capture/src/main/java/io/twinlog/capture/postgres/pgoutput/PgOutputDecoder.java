package io.twinlog.capture.postgres.pgoutput;

import io.twinlog.capture.row.Tuple;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Decodes one pgoutput message at a time and calls the visitor. Not thread-safe: its tuples are reused. */
public final class PgOutputDecoder {

    /** Microseconds from 1970 to PostgreSQL's epoch, 2000-01-01. */
    static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final ChangeVisitor visitor;
    private final Tuple row = new Tuple();
    private final Tuple old = new Tuple();
    private byte[] buffer = {};
    private int position;
    private int limit;

    public PgOutputDecoder(ChangeVisitor visitor) {
        this.visitor = visitor;
    }

    /**
     * Decodes the message in {@code length} bytes from {@code offset}.
     *
     * @param lsn the message's place in the log as its XLogData header says
     */
    public void decode(byte[] bytes, int offset, int length, long lsn) {
        buffer = bytes;
        position = offset;
        limit = offset + length;
        int type = readByte();
        switch (type) {
            case 'I' -> insert(lsn);
            case 'U' -> update(lsn);
            case 'D' -> delete(lsn);
            case 'B' -> visitor.begin(readLong(), readLong() + EPOCH_MICROS, readInt() & 0xFFFF_FFFFL);
            case 'C' -> commit();
            case 'R' -> relation();
            case 'Y' -> visitor.type(readInt(), readString(), readString());
            case 'O' -> origin();
            case 'T' -> truncate(lsn);
            case 'M' -> message();
            default -> throw malformed("Unknown message '" + (char) type + "'", lsn);
        }
        // Invariant 3: a record that is not understood completely stops us.
        if (position != limit) {
            throw malformed((limit - position) + " bytes follow a message '" + (char) type + "'", lsn);
        }
    }

    private void insert(long lsn) {
        int relation = readInt();
        expect('N', lsn);
        readTuple(row, lsn);
        visitor.insert(relation, lsn, row);
    }

    private void update(long lsn) {
        int relation = readInt();
        int kind = readByte();
        boolean hasOld = kind == 'K' || kind == 'O';
        if (hasOld) {
            readTuple(old, lsn);
            expect('N', lsn);
        } else if (kind != 'N') {
            throw malformed("An update carries a tuple '" + (char) kind + "'", lsn);
        }
        readTuple(row, lsn);
        visitor.update(relation, lsn, hasOld ? old : null, kind == 'K', row);
    }

    private void delete(long lsn) {
        int relation = readInt();
        int kind = readByte();
        if (kind != 'K' && kind != 'O') {
            throw malformed("A delete carries a tuple '" + (char) kind + "'", lsn);
        }
        readTuple(old, lsn);
        visitor.delete(relation, lsn, old, kind == 'K');
    }

    private void commit() {
        readByte();
        visitor.commit(readLong(), readLong(), readLong() + EPOCH_MICROS);
    }

    private void origin() {
        readLong();
        visitor.origin(readString());
    }

    private void relation() {
        int oid = readInt();
        String schema = readString();
        String table = readString();
        char identity = (char) readByte();
        int count = readShort();
        List<Relation.Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean partOfIdentity = (readByte() & 1) != 0;
            columns.add(new Relation.Column(readString(), readInt(), readInt(), partOfIdentity));
        }
        visitor.relation(new Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, table, identity, columns));
    }

    private void truncate(long lsn) {
        int count = readInt();
        readByte();
        int[] relations = new int[count];
        for (int i = 0; i < count; i++) {
            relations[i] = readInt();
        }
        visitor.truncate(relations, lsn);
    }

    private void message() {
        boolean transactional = (readByte() & 1) != 0;
        long lsn = readLong();
        String prefix = readString();
        int length = readInt();
        require(length);
        byte[] content = java.util.Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        visitor.message(transactional, lsn, prefix, content);
    }

    private void readTuple(Tuple tuple, long lsn) {
        tuple.reset(buffer);
        int count = readShort();
        for (int i = 0; i < count; i++) {
            int kind = readByte();
            if (kind == Tuple.TEXT) {
                int length = readInt();
                require(length);
                tuple.add(Tuple.TEXT, position, length);
                position += length;
            } else if (kind == Tuple.NULL || kind == Tuple.UNCHANGED) {
                tuple.add((byte) kind, position, 0);
            } else {
                throw malformed("A column has the kind '" + (char) kind + "'", lsn);
            }
        }
    }

    private void expect(char wanted, long lsn) {
        int found = readByte();
        if (found != wanted) {
            throw malformed("'" + (char) found + "' stands where '" + wanted + "' is expected", lsn);
        }
    }

    private int readByte() {
        require(1);
        return buffer[position++] & 0xFF;
    }

    private int readShort() {
        require(2);
        int value = (buffer[position] & 0xFF) << 8 | (buffer[position + 1] & 0xFF);
        position += 2;
        return value;
    }

    private int readInt() {
        require(4);
        int at = position;
        position += 4;
        return (buffer[at] & 0xFF) << 24
                | (buffer[at + 1] & 0xFF) << 16
                | (buffer[at + 2] & 0xFF) << 8
                | (buffer[at + 3] & 0xFF);
    }

    private long readLong() {
        return (long) readInt() << 32 | (readInt() & 0xFFFF_FFFFL);
    }

    private String readString() {
        int end = position;
        while (end < limit && buffer[end] != 0) {
            end++;
        }
        if (end == limit) {
            throw malformed("A string has no end", 0);
        }
        String text = new String(buffer, position, end - position, StandardCharsets.UTF_8);
        position = end + 1;
        return text;
    }

    private void require(int bytes) {
        if (bytes < 0 || bytes > limit - position) {
            throw malformed("A message ends where " + bytes + " bytes are expected", 0);
        }
    }

    private static TwinlogException malformed(String what, long lsn) {
        String where = lsn == 0 ? "" : " at " + io.twinlog.schemas.Lsn.format(lsn);
        return new TwinlogException(
                Category.BUG,
                what + where
                        + " in the output of pgoutput. This Twinlog does not understand the source's log; nothing was"
                        + " skipped. Please report it with the PostgreSQL version.");
    }
}
