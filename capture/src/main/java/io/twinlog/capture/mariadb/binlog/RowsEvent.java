package io.twinlog.capture.mariadb.binlog;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;

/** The rows of one event: where their images lie. Not thread-safe. */
public final class RowsEvent {

    /** What happened to the rows. */
    public enum Kind {
        WRITE,
        UPDATE,
        DELETE
    }

    private static final long NO_TABLE = 0xFFFFFFL;

    private final Kind kind;
    private final long table;
    private final int columns;
    private final boolean whole;
    private final LogBytes rows;

    private RowsEvent(Kind kind, long table, int columns, boolean whole, LogBytes rows) {
        this.kind = kind;
        this.table = table;
        this.columns = columns;
        this.whole = whole;
        this.rows = rows;
    }

    public static RowsEvent read(LogEvent event) {
        LogBytes bytes = event.bytes();
        Kind kind = switch (event.type()) {
            case LogEvent.WRITE_ROWS_V1, LogEvent.WRITE_ROWS_V2 -> Kind.WRITE;
            case LogEvent.UPDATE_ROWS_V1, LogEvent.UPDATE_ROWS_V2 -> Kind.UPDATE;
            case LogEvent.DELETE_ROWS_V1, LogEvent.DELETE_ROWS_V2 -> Kind.DELETE;
            default -> throw new TwinlogException(Category.BUG, "No event with rows: " + event);
        };
        long table = bytes.readLittle(6);
        int ignoredFlags = bytes.skip(2);
        if (event.type() >= LogEvent.WRITE_ROWS_V2) {
            int ignoredExtra = bytes.skip((int) bytes.readLittle(2) - 2);
        }
        int columns = bytes.readPacked();
        boolean whole = isWhole(bytes, columns);
        if (kind == Kind.UPDATE) {
            whole &= isWhole(bytes, columns);
        }
        return new RowsEvent(kind, table, columns, whole, bytes);
    }

    /** Whether a bitmap names every column. */
    private static boolean isWhole(LogBytes bytes, int columns) {
        int at = bytes.skip((columns + 7) / 8);
        for (int i = 0; i < columns; i++) {
            if ((bytes.array()[at + i / 8] & 1 << i % 8) == 0) {
                return false;
            }
        }
        return true;
    }

    public Kind kind() {
        return kind;
    }

    /** Number of the table in its TABLE_MAP event. */
    public long table() {
        return table;
    }

    /** An event that only ends a statement. */
    public boolean isDummy() {
        return table == NO_TABLE;
    }

    public int columns() {
        return columns;
    }

    /** Whether the images hold every column: {@code binlog_row_image=FULL}. */
    public boolean isWhole() {
        return whole;
    }

    public boolean hasNext() {
        return rows.remaining() > 0;
    }

    /** The cursor, at the next row image; whoever reads it moves it behind. */
    public LogBytes rows() {
        return rows;
    }
}
