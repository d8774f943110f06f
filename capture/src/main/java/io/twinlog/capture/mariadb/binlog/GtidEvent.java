package io.twinlog.capture.mariadb.binlog;

/**
 * The head of a transaction. Immutable.
 *
 * @param standalone a single statement follows, without an event that ends the transaction
 * @param preparedXa the changes of an XA transaction that is only prepared here
 */
public record GtidEvent(long domain, long server, long sequence, boolean standalone, boolean preparedXa) {

    private static final int STANDALONE = 1;
    private static final int PREPARED_XA = 64;

    public static GtidEvent read(LogEvent event) {
        LogBytes bytes = event.bytes();
        long sequence = bytes.readLittle(8);
        long domain = bytes.readLittle(4);
        int flags = bytes.readByte();
        return new GtidEvent(domain, event.serverId(), sequence, (flags & STANDALONE) != 0, (flags & PREPARED_XA) != 0);
    }

    /** {@code domain-server-sequence}. */
    public String text() {
        return domain + "-" + server + "-" + Long.toUnsignedString(sequence);
    }
}
