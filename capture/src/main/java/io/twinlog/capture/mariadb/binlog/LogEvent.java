package io.twinlog.capture.mariadb.binlog;

/**
 * One event of the binlog. Immutable.
 *
 * @param type its code
 * @param seconds when its statement began, seconds since 1970
 * @param serverId of the server that first wrote it
 * @param length of the whole event in the file, in bytes; 0 for one that is packed in another, the one before
 * @param endOffset place behind it in its file; 0 where the server does not say it, as for the rows of a transaction from 11.4 on
 * @param body its bytes behind the header, without checksum; empty for one that others are packed in
 */
public record LogEvent(int type, long seconds, long serverId, long length, long endOffset, int flags, byte[] body) {

    public static final int QUERY = 2;
    public static final int STOP = 3;
    public static final int ROTATE = 4;
    public static final int INTVAR = 5;
    public static final int RAND = 13;
    public static final int USER_VAR = 14;
    public static final int FORMAT_DESCRIPTION = 15;
    public static final int XID = 16;
    public static final int TABLE_MAP = 19;
    public static final int WRITE_ROWS_V1 = 23;
    public static final int UPDATE_ROWS_V1 = 24;
    public static final int DELETE_ROWS_V1 = 25;
    public static final int INCIDENT = 26;
    public static final int HEARTBEAT = 27;
    public static final int WRITE_ROWS_V2 = 30;
    public static final int UPDATE_ROWS_V2 = 31;
    public static final int DELETE_ROWS_V2 = 32;
    public static final int GTID_MYSQL = 33;
    public static final int ANONYMOUS_GTID_MYSQL = 34;
    public static final int PREVIOUS_GTIDS = 35;
    /** Who belongs to a replication group; no rows. */
    public static final int VIEW_CHANGE = 37;

    public static final int XA_PREPARE = 38;
    public static final int PARTIAL_UPDATE_ROWS = 39;
    public static final int TRANSACTION_PAYLOAD = 40;
    public static final int GTID_TAGGED_MYSQL = 42;
    public static final int ANNOTATE_ROWS = 160;
    public static final int BINLOG_CHECKPOINT = 161;
    public static final int GTID = 162;
    public static final int GTID_LIST = 163;
    public static final int START_ENCRYPTION = 164;
    public static final int QUERY_COMPRESSED = 165;
    public static final int LAST_COMPRESSED = 171;

    static final int HEADER_BYTES = 19;
    private static final int TYPE_AT = 4;
    private static final int LENGTH_AT = 9;
    private static final int ARTIFICIAL = 0x20;
    private static final int IGNORABLE = 0x80;

    /** The code of its type, as a header says it. */
    static int type(byte[] header) {
        return header[TYPE_AT] & 0xFF;
    }

    /** The length of the whole event, as a header says it. */
    static int length(byte[] header) {
        return (int) new LogBytes(header, LENGTH_AT, HEADER_BYTES).readLittle(4);
    }

    static LogEvent of(byte[] header, byte[] body) {
        LogBytes bytes = new LogBytes(header, 0, HEADER_BYTES);
        long seconds = bytes.readLittle(4);
        int type = bytes.readByte();
        long serverId = bytes.readLittle(4);
        int length = (int) bytes.readLittle(4);
        long endOffset = bytes.readLittle(4);
        int flags = (int) bytes.readLittle(2);
        return new LogEvent(type, seconds, serverId, length, endOffset, flags, body);
    }

    /** One that is packed in another, and has no place of its own. */
    static LogEvent packed(byte[] header, byte[] body) {
        LogEvent event = of(header, body);
        return new LogEvent(event.type, event.seconds, event.serverId, 0, 0, event.flags, body);
    }

    /** Whether it came in another event, at whose place it is. */
    public boolean isPacked() {
        return length == 0;
    }

    /** How much memory it takes, in bytes. */
    int heldBytes() {
        return HEADER_BYTES + body.length;
    }

    /** Made up by the server for this connection: it stands in no file. */
    public boolean isArtificial() {
        return (flags & ARTIFICIAL) != 0 || endOffset == 0 && type == ROTATE;
    }

    /** Whether it changes no row: by its type, or because its writer says that readers may pass over it. */
    public boolean changesNothing() {
        return switch (type) {
            case STOP,
                    INTVAR,
                    RAND,
                    USER_VAR,
                    ANNOTATE_ROWS,
                    BINLOG_CHECKPOINT,
                    GTID_LIST,
                    PREVIOUS_GTIDS,
                    VIEW_CHANGE,
                    START_ENCRYPTION -> true;
            default -> (flags & IGNORABLE) != 0;
        };
    }

    /** A cursor at the beginning of the body. */
    public LogBytes bytes() {
        return new LogBytes(body, 0, body.length);
    }

    @Override
    public String toString() {
        return "event of type " + type + ", " + length + " bytes, end " + endOffset;
    }
}
