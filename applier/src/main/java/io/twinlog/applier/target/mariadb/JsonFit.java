package io.twinlog.applier.target.mariadb;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a document says the same after MySQL has read it: it keeps numbers as integers of 64 bits or as doubles. Stateless. */
final class JsonFit {

    /** A text, passed over as a whole, or a number. */
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)", Pattern.DOTALL);

    private static final BigDecimal LEAST = new BigDecimal(Long.MIN_VALUE);
    private static final BigDecimal MOST = new BigDecimal("18446744073709551615");

    private JsonFit() {}

    static boolean survives(String document) {
        Matcher token = TOKEN.matcher(document);
        while (token.find()) {
            String number = token.group(1);
            if (number != null && !survives(new BigDecimal(number))) {
                return false;
            }
        }
        return true;
    }

    private static boolean survives(BigDecimal number) {
        boolean whole = number.stripTrailingZeros().scale() <= 0;
        if (whole && number.compareTo(LEAST) >= 0 && number.compareTo(MOST) <= 0) {
            return true;
        }
        double kept = number.doubleValue();
        return Double.isFinite(kept) && new BigDecimal(Double.toString(kept)).compareTo(number) == 0;
    }
}
