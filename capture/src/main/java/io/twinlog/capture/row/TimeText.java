package io.twinlog.capture.row;

/**
 * Dates and times as SQL prints them, {@code YYYY-MM-DD HH:MM:SS.ffffff}, read from bytes. {@link #INVALID} stands for everything that
 * the Avro type cannot hold exactly or that looks different from what is expected. Stateless.
 */
public final class TimeText {

    /** No date and no time, in any of the methods. */
    public static final long INVALID = Long.MIN_VALUE;

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    /** The last day (in the year 294247) all of whose microseconds since 1970 fit into 64 bits; PostgreSQL knows later ones. */
    private static final long LAST_DAY = Long.MAX_VALUE / MICROS_PER_DAY - 1;

    private TimeText() {}

    /** {@code YYYY-MM-DD}, with up to 7 digits of year: days since 1970. */
    public static long days(byte[] b, int from, int to) {
        int at = from;
        int year = 0;
        while (at < to && isDigit(b[at]) && at - from < 7) {
            year = year * 10 + (b[at++] - '0');
        }
        if (at - from < 4 || to - at != 6 || b[at] != '-' || b[at + 3] != '-') {
            return INVALID;
        }
        int month = twoDigits(b, at + 1);
        int day = twoDigits(b, at + 4);
        if (year == 0 || month < 1 || month > 12 || day < 1 || day > 28 && day > lengthOf(month, year)) {
            return INVALID;
        }
        return daysFromCivil(year, month, day);
    }

    /** {@code HH:MM:SS[.ffffff]} below 24:00: microseconds since midnight. */
    public static long microsOfDay(byte[] b, int from, int to) {
        int length = to - from;
        if (length < 8 || length == 9 || length > 15 || b[from + 2] != ':' || b[from + 5] != ':') {
            return INVALID;
        }
        int hour = twoDigits(b, from);
        int minute = twoDigits(b, from + 3);
        int second = twoDigits(b, from + 6);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return INVALID;
        }
        int micros = 0;
        if (length > 8) {
            if (b[from + 8] != '.') {
                return INVALID;
            }
            for (int i = 0; i < 6; i++) {
                int at = from + 9 + i;
                int digit = at < to ? b[at] - '0' : 0;
                if (digit < 0 || digit > 9) {
                    return INVALID;
                }
                micros = micros * 10 + digit;
            }
        }
        return ((hour * 60L + minute) * 60 + second) * 1_000_000 + micros;
    }

    /** {@code YYYY-MM-DD HH:MM:SS[.ffffff]}: microseconds since 1970. */
    public static long micros(byte[] b, int from, int to) {
        int space = from + 10;
        while (space < to && b[space] != ' ') {
            space++;
        }
        if (space >= to) {
            return INVALID;
        }
        long days = days(b, from, space);
        long micros = microsOfDay(b, space + 1, to);
        if (days == INVALID || micros == INVALID || days > LAST_DAY) {
            return INVALID;
        }
        return days * MICROS_PER_DAY + micros;
    }

    /** As {@link #micros}, followed by the zone {@code +00}, which the session's TimeZone UTC guarantees. */
    public static long instantMicros(byte[] b, int from, int to) {
        if (to - from < 22 || b[to - 3] != '+' || b[to - 2] != '0' || b[to - 1] != '0') {
            return INVALID;
        }
        return micros(b, from, to - 3);
    }

    /** MariaDB may be told to take the 31st of February. */
    private static int lengthOf(int month, int year) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /** Days since 1970 in the proleptic Gregorian calendar. Source: Howard Hinnant, "chrono-compatible date algorithms". */
    private static long daysFromCivil(int civilYear, int month, int day) {
        int year = month <= 2 ? civilYear - 1 : civilYear;
        int era = year / 400;
        int yearOfEra = year - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }

    private static int twoDigits(byte[] b, int at) {
        int tens = b[at] - '0';
        int ones = b[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
