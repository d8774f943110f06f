package io.twinlog.applier.held;

import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.wire.RecordHeader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** A key of a table: the Avro body of its record key, whatever the schema version. Immutable. */
public final class HeldKey implements Comparable<HeldKey> {

    /** An index entry of PostgreSQL takes at most 2704 bytes; longer keys go by their digest. */
    private static final int LONGEST = 1000;

    private final TableId table;
    private final byte[] body;
    private final int hash;

    private HeldKey(TableId table, byte[] body) {
        this.table = table;
        this.body = body;
        this.hash = 31 * table.hashCode() + Arrays.hashCode(body);
    }

    /** From a record's key bytes, header included. */
    public static HeldKey of(TableId table, byte[] recordKey) {
        byte[] body = Arrays.copyOfRange(recordKey, RecordHeader.length(recordKey), recordKey.length);
        return new HeldKey(table, body.length <= LONGEST ? body : digest(body));
    }

    /** As stored in the target. */
    public static HeldKey stored(TableId table, byte[] body) {
        return new HeldKey(table, body);
    }

    private static byte[] digest(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    public TableId table() {
        return table;
    }

    /** The stored form. */
    public byte[] body() {
        return body.clone();
    }

    /** A hash of 64 bits for {@link HashSet64}; a collision costs time, never correctness. */
    long hash64() {
        return hash64(table.hashCode(), body, 0);
    }

    /** The hash of the key with these bytes, header included. */
    static long hash64(int tableHash, byte[] recordKey) {
        int header = RecordHeader.length(recordKey);
        return recordKey.length - header <= LONGEST
                ? hash64(tableHash, recordKey, header)
                : hash64(tableHash, digest(Arrays.copyOfRange(recordKey, header, recordKey.length)), 0);
    }

    private static long hash64(int tableHash, byte[] body, int from) {
        long h = 0xcbf29ce484222325L ^ tableHash * 0x9e3779b97f4a7c15L;
        for (int i = from; i < body.length; i++) {
            h = (h ^ body[i] & 0xff) * 0x100000001b3L;
        }
        h ^= h >>> 33;
        h *= 0xff51afd7ed558ccdL;
        return h ^ h >>> 33;
    }

    @Override
    public int compareTo(HeldKey other) {
        int byTable = table.compareTo(other.table);
        return byTable != 0 ? byTable : Arrays.compareUnsigned(body, other.body);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeldKey that
                && hash == that.hash
                && table.equals(that.table)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Names the table only: a key is row data. */
    @Override
    public String toString() {
        return "key of " + table;
    }
}
