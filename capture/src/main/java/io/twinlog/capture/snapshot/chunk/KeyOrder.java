package io.twinlog.capture.snapshot.chunk;

import io.twinlog.capture.row.TimeText;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of key values, given as PostgreSQL prints them, equal to the database's own: only types whose order needs no
 * collation.
 */
public enum KeyOrder {
    INTEGER("int2", "int4", "int8"),
    UUID("uuid"),
    DATE("date"),
    TIMESTAMP("timestamp", "timestamptz");

    private static final BigInteger SMALLEST = BigInteger.ONE.shiftLeft(200).negate();
    private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(200);

    private final List<String> types;

    KeyOrder(String... types) {
        this.types = List.of(types);
    }

    /** The order of a type, given by its SQL name; null if it cannot be compared outside the database. */
    public static @Nullable KeyOrder of(String sqlType) {
        String bare = sqlType.replaceFirst("\\(.*", "");
        for (KeyOrder order : values()) {
            if (order.types.contains(bare)) {
                return order;
            }
        }
        return null;
    }

    public int compare(String a, String b) {
        return switch (this) {
            case INTEGER -> new BigInteger(a).compareTo(new BigInteger(b));
            // Lower-case hexadecimal digits of equal length order as the bytes do.
            case UUID -> a.compareTo(b);
            case DATE, TIMESTAMP -> time(a).compareTo(time(b));
        };
    }

    private BigInteger time(String text) {
        if (text.equals("infinity")) {
            return LARGEST;
        }
        if (text.equals("-infinity")) {
            return SMALLEST;
        }
        boolean beforeChrist = text.endsWith(" BC");
        String bare = (beforeChrist ? text.substring(0, text.length() - 3) : text).replaceFirst("\\+00$", "");
        byte[] bytes = bare.getBytes(StandardCharsets.US_ASCII);
        if (!beforeChrist) {
            return BigInteger.valueOf(number(bytes, text));
        }
        // The year 1 BC is the astronomical year 0; 400-year cycles repeat, so shift into years after Christ and back.
        int dash = bare.indexOf('-');
        long year = 1 - Long.parseLong(bare.substring(0, dash));
        long cycles = Math.floorDiv(year - 1, 400) * -1;
        String shifted = String.format("%04d", year + 400 * cycles) + bare.substring(dash);
        BigInteger days = BigInteger.valueOf(146_097 * cycles);
        BigInteger unit = this == DATE ? BigInteger.ONE : BigInteger.valueOf(86_400_000_000L);
        return BigInteger.valueOf(number(shifted.getBytes(StandardCharsets.US_ASCII), text))
                .subtract(days.multiply(unit));
    }

    private long number(byte[] bytes, String text) {
        long value = this == DATE ? TimeText.days(bytes, 0, bytes.length) : TimeText.micros(bytes, 0, bytes.length);
        if (value == TimeText.INVALID) {
            throw new IllegalArgumentException("Not a " + this + ": a text of " + text.length() + " characters");
        }
        return value;
    }
}
