package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.LogBytes;

/** Dates and times of the binlog. Source: MariaDB, sql/compat56.cc. Stateless. */
final class TemporalText {

    private static final long DATETIME_OFFSET = 0x80_0000_0000L;
    private static final long TIME_OFFSET = 0x80_0000L;

    private TemporalText() {}

    static void date(LogBytes in, TextBuffer out) {
        int packed = (int) in.readLittle(3);
        date(out, packed >> 9, packed >> 5 & 0xF, packed & 0x1F);
    }

    private static void date(TextBuffer out, long year, long month, long day) {
        out.digits(year, 4);
        out.add('-');
        out.digits(month, 2);
        out.add('-');
        out.digits(day, 2);
    }

    private static void clock(TextBuffer out, long hour, long minute, long second) {
        out.digits(hour, 2);
        out.add(':');
        out.digits(minute, 2);
        out.add(':');
        out.digits(second, 2);
    }

    private static int fractionBytes(int precision) {
        return (precision + 1) / 2;
    }

    /** The fraction is stored with an even number of digits. */
    private static void fraction(TextBuffer out, long stored, int precision) {
        if (precision > 0) {
            out.add('.');
            out.digits(precision % 2 == 0 ? stored : stored / 10, precision);
        }
    }

    static void datetime(LogBytes in, TextBuffer out, int precision) {
        long packed = in.readBig(5) - DATETIME_OFFSET;
        long stored = in.readBig(fractionBytes(precision));
        long date = packed >> 17;
        long yearMonth = date >> 5;
        date(out, yearMonth / 13, yearMonth % 13, date & 0x1F);
        out.add(' ');
        clock(out, packed >> 12 & 0x1F, packed >> 6 & 0x3F, packed & 0x3F);
        fraction(out, stored, precision);
    }

    /** With {@code +00} behind it, as an instant; all zero is no instant. */
    static void timestamp(LogBytes in, TextBuffer out, int precision) {
        long seconds = in.readBig(4);
        long stored = in.readBig(fractionBytes(precision));
        if (seconds == 0 && stored == 0) {
            out.ascii("0000-00-00 00:00:00");
            fraction(out, 0, precision);
            return;
        }
        java.time.LocalDate day = java.time.LocalDate.ofEpochDay(seconds / 86_400);
        long second = seconds % 86_400;
        date(out, day.getYear(), day.getMonthValue(), day.getDayOfMonth());
        out.add(' ');
        clock(out, second / 3_600, second / 60 % 60, second % 60);
        fraction(out, stored, precision);
        out.ascii("+00");
    }

    static void time(LogBytes in, TextBuffer out, int precision) {
        int bytes = fractionBytes(precision);
        // Seconds and fraction are one number, offset so that negative ones sort first.
        long packed = in.readBig(3 + bytes) - (TIME_OFFSET << 8 * bytes);
        if (packed < 0) {
            out.add('-');
            packed = -packed;
        }
        long whole = packed >> 8 * bytes;
        long stored = packed & (1L << 8 * bytes) - 1;
        clock(out, whole >> 12 & 0x3FF, whole >> 6 & 0x3F, whole & 0x3F);
        fraction(out, stored, precision);
    }
}
