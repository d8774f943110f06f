package io.twinlog.schemas;

/**
 * A byte position in PostgreSQL's WAL, in its textual form {@code X/X}.
 *
 * <p>Source: PostgreSQL manual, "pg_lsn Type". Compare values with {@link Long#compareUnsigned}.
 */
public final class Lsn {

    private static final String DIGITS = "0123456789ABCDEF";

    private Lsn() {}

    public static String format(long lsn) {
        StringBuilder text = new StringBuilder(17);
        append(text, (int) (lsn >>> 32));
        append(text.append('/'), (int) lsn);
        return text.toString();
    }

    private static void append(StringBuilder text, int number) {
        int shift = number == 0 ? 0 : (31 - Integer.numberOfLeadingZeros(number)) & ~3;
        for (; shift >= 0; shift -= 4) {
            text.append(DIGITS.charAt(number >>> shift & 0xF));
        }
    }

    public static long parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("An LSN has the form X/X, not '" + text + "'");
        }
        return (Long.parseLong(text.substring(0, slash), 16) << 32) | Long.parseLong(text.substring(slash + 1), 16);
    }
}
