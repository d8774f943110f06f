package io.twinlog.capture.mariadb.value;

import io.twinlog.capture.mariadb.binlog.LogBytes;

/**
 * Fixed-point numbers of the binlog: groups of nine digits in four bytes, the first bit inverted, all bits of negative numbers too.
 * Source: MariaDB, strings/decimal.c, {@code bin2decimal}. Stateless.
 */
final class DecimalText {

    private static final int GROUP = 9;
    private static final int[] BYTES = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};

    private DecimalText() {}

    static void append(LogBytes in, TextBuffer out, int precision, int scale) {
        int whole = precision - scale;
        int length = size(whole) + size(scale);
        int from = in.skip(length);
        byte[] b = in.array();
        boolean negative = (b[from] & 0x80) == 0;
        int mask = negative ? 0xFF : 0;
        if (negative) {
            out.add('-');
        }
        int at = from;
        boolean any = false;
        int head = whole % GROUP;
        if (head > 0) {
            long value = group(b, at, BYTES[head], mask, at == from);
            at += BYTES[head];
            if (value != 0) {
                out.digits(value, 1);
                any = true;
            }
        }
        for (int i = 0; i < whole / GROUP; i++) {
            long value = group(b, at, 4, mask, at == from);
            at += 4;
            if (any) {
                out.digits(value, GROUP);
            } else if (value != 0) {
                out.digits(value, 1);
                any = true;
            }
        }
        if (!any) {
            out.add('0');
        }
        if (scale > 0) {
            out.add('.');
            for (int i = 0; i < scale / GROUP; i++) {
                out.digits(group(b, at, 4, mask, at == from), GROUP);
                at += 4;
            }
            int tail = scale % GROUP;
            if (tail > 0) {
                out.digits(group(b, at, BYTES[tail], mask, at == from), tail);
            }
        }
    }

    private static int size(int digits) {
        return digits / GROUP * 4 + BYTES[digits % GROUP];
    }

    private static long group(byte[] b, int at, int count, int mask, boolean first) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            int octet = (b[at + i] ^ mask) & 0xFF;
            if (first && i == 0) {
                octet ^= 0x80;
            }
            value = value << 8 | octet;
        }
        return value;
    }
}
