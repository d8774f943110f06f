package io.twinlog.capture.mariadb.value;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers with a fraction as MySQL prints them in JSON. Stateless. Source: MySQL, strings/dtoa.cc ({@code my_gcvt}). */
final class JsonNumber {

    private static final int MOST_DIGITS = 17;
    /** Beyond so many digits before the point, and none behind it, or so many zeros behind it, an exponent is printed. */
    private static final int WIDEST_PLAIN = 15;

    private JsonNumber() {}

    static void append(double value, TextBuffer out) {
        if (value == 0) {
            out.ascii(1 / value < 0 ? "-0.0" : "0.0");
            return;
        }
        BigDecimal shortest = shortest(value).stripTrailingZeros();
        String digits = shortest.unscaledValue().abs().toString();
        // The value is 0.DIGITS times ten to the power of this.
        int point = digits.length() - shortest.scale();
        if (value < 0) {
            out.add('-');
        }
        if (point > WIDEST_PLAIN && digits.length() <= point || point < -WIDEST_PLAIN + 1) {
            out.ascii(digits.substring(0, 1));
            if (digits.length() > 1) {
                out.ascii("." + digits.substring(1));
            }
            out.ascii("e" + (point - 1));
        } else if (point <= 0) {
            out.ascii("0." + "0".repeat(-point) + digits);
        } else if (point >= digits.length()) {
            out.ascii(digits + "0".repeat(point - digits.length()) + ".0");
        } else {
            out.ascii(digits.substring(0, point) + "." + digits.substring(point));
        }
    }

    /** The fewest digits that name this number and no other one. {@link Double#toString} of Java 17 does not always find them. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded;
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
    }
}
