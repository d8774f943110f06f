package io.twinlog.capture.row;

import io.twinlog.schemas.wire.AvroOutput;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Numbers as databases print them, read from bytes. Stateless. */
final class NumberText {

    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final float[] FLOAT_POWERS = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
    private static final long EXACT_IN_DOUBLE = 1L << 53;
    private static final long EXACT_IN_FLOAT = 1L << 24;

    private NumberText() {}

    /** Writes an integer; false if the bytes are not one between the bounds. */
    static boolean writeInteger(AvroOutput out, byte[] b, int from, int to, long lowest, long highest) {
        int at = from;
        boolean negative = at < to && b[at] == '-';
        if (negative) {
            at++;
        }
        int digits = to - at;
        if (digits < 1 || digits > 19) {
            return false;
        }
        // Built up as a negative number, which also holds Long.MIN_VALUE.
        long value = 0;
        for (; at < to; at++) {
            int digit = b[at] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            if (value < Long.MIN_VALUE / 10 || value * 10 < Long.MIN_VALUE + digit) {
                return false;
            }
            value = value * 10 - digit;
        }
        if (!negative) {
            if (value == Long.MIN_VALUE) {
                return false;
            }
            value = -value;
        }
        if (value < lowest || value > highest) {
            return false;
        }
        out.writeLong(value);
        return true;
    }

    /** Writes the unscaled value as Avro bytes; false unless there are exactly {@code scale} digits behind the point. */
    static boolean writeDecimal(AvroOutput out, int scale, byte[] b, int from, int to) {
        int at = from;
        boolean negative = at < to && b[at] == '-';
        if (negative) {
            at++;
        }
        int point = -1;
        int digits = 0;
        long unscaled = 0;
        for (int i = at; i < to; i++) {
            int c = b[i];
            if (c == '.' && point < 0) {
                point = i;
            } else if (c >= '0' && c <= '9') {
                digits++;
                unscaled = unscaled * 10 + (c - '0');
            } else {
                return false;
            }
        }
        int behind = point < 0 ? 0 : to - point - 1;
        if (digits == 0 || behind != scale) {
            return false;
        }
        if (digits <= 18) {
            writeTwosComplement(out, negative ? -unscaled : unscaled);
        } else {
            String text = new String(b, from, to - from, StandardCharsets.US_ASCII).replace(".", "");
            out.writeBytes(new BigInteger(text).toByteArray());
        }
        return true;
    }

    private static void writeTwosComplement(AvroOutput out, long value) {
        int bytes = 1;
        while (bytes < 8 && value >> (8 * bytes - 1) != value >> 63) {
            bytes++;
        }
        out.writeLong(bytes);
        int at = out.reserve(bytes);
        byte[] target = out.buffer();
        for (int i = bytes - 1; i >= 0; i--) {
            target[at++] = (byte) (value >> (8 * i));
        }
    }

    static boolean writeDouble(AvroOutput out, byte[] b, int from, int to) {
        Decimal decimal = Decimal.read(b, from, to);
        if (decimal != null
                && decimal.mantissa <= EXACT_IN_DOUBLE
                && decimal.exponent >= -22
                && decimal.exponent <= 22) {
            // Both operands are exact, so one rounding gives the nearest double (Clinger 1990).
            double value = decimal.exponent < 0
                    ? decimal.mantissa / POWERS[-decimal.exponent]
                    : decimal.mantissa * POWERS[decimal.exponent];
            out.writeDouble(decimal.negative ? -value : value);
            return true;
        }
        try {
            out.writeDouble(Double.parseDouble(ascii(b, from, to)));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static boolean writeFloat(AvroOutput out, byte[] b, int from, int to) {
        Decimal decimal = Decimal.read(b, from, to);
        if (decimal != null
                && decimal.mantissa <= EXACT_IN_FLOAT
                && decimal.exponent >= -10
                && decimal.exponent <= 10) {
            float value = decimal.exponent < 0
                    ? (float) decimal.mantissa / FLOAT_POWERS[-decimal.exponent]
                    : (float) decimal.mantissa * FLOAT_POWERS[decimal.exponent];
            out.writeFloat(decimal.negative ? -value : value);
            return true;
        }
        try {
            out.writeFloat(Float.parseFloat(ascii(b, from, to)));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String ascii(byte[] b, int from, int to) {
        return new String(b, from, to - from, StandardCharsets.US_ASCII);
    }

    /** Sign, mantissa of at most 18 digits and decimal exponent of a printed number. */
    private record Decimal(boolean negative, long mantissa, int exponent) {

        static @org.jspecify.annotations.Nullable Decimal read(byte[] b, int from, int to) {
            int at = from;
            boolean negative = at < to && b[at] == '-';
            if (negative) {
                at++;
            }
            long mantissa = 0;
            int digits = 0;
            int exponent = 0;
            boolean point = false;
            for (; at < to; at++) {
                int c = b[at];
                if (c >= '0' && c <= '9') {
                    mantissa = mantissa * 10 + (c - '0');
                    digits++;
                    if (point) {
                        exponent--;
                    }
                } else if (c == '.' && !point) {
                    point = true;
                } else {
                    break;
                }
            }
            // Anything else, such as an exponent, NaN or Infinity, is left to the library.
            return at < to || digits == 0 || digits > 18 ? null : new Decimal(negative, mantissa, exponent);
        }
    }
}
