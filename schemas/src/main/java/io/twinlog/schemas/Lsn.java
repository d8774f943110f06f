package io.twinlog.schemas;

/**
 * A byte position in PostgreSQL's WAL, in its textual form {@code X/X}.
 *
 * <p>Source: PostgreSQL manual, "pg_lsn Type". Compare values with {@link Long#compareUnsigned}.
 */
public final class Lsn {

    private Lsn() {}

    public static String format(long lsn) {
        return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(lsn & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }

    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("An LSN has the form X/X, not '" + text + "'");
        }
        return (Long.parseLong(text.substring(0, slash), 16) << 32) | Long.parseLong(text.substring(slash + 1), 16);
    }
}
