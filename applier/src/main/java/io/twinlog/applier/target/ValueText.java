package io.twinlog.applier.target;

import io.twinlog.schemas.event.RowImage;
import io.twinlog.schemas.table.ColumnShape;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Values as PostgreSQL reads and, apart from the digits of floating-point numbers, prints them. */
public final class ValueText {

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private ValueText() {}

    /** Exact text of a value, or null for SQL null. */
    public static @Nullable String of(RowImage image, int column) {
        Object value = image.value(column);
        if (value == null || image.text(column) != null) {
            return (String) value;
        }
        ColumnShape shape = image.shape().columns().get(column);
        return switch (shape.type()) {
            case BOOLEAN, INT, LONG, FLOAT, DOUBLE, TEXT, UUID -> value.toString();
            case BYTES -> "\\x" + HexFormat.of().formatHex((byte[]) value);
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case DATE -> date((Integer) value);
            case TIME -> time((Long) value);
            case TIMESTAMP -> timestamp((Long) value, "+00");
            case LOCAL_TIMESTAMP -> timestamp((Long) value, "");
        };
    }

    private static String date(long days) {
        LocalDate date = LocalDate.ofEpochDay(days);
        int year = date.getYear();
        String text = pad(year > 0 ? year : 1 - year, 4) + "-" + pad(date.getMonthValue(), 2) + "-"
                + pad(date.getDayOfMonth(), 2);
        return year > 0 ? text : text + " BC";
    }

    private static String time(long micros) {
        long seconds = micros / 1_000_000;
        String text = pad(seconds / 3600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2);
        long fraction = micros % 1_000_000;
        return fraction == 0 ? text : text + "." + pad(fraction, 6).replaceFirst("0+$", "");
    }

    private static String timestamp(long micros, String zone) {
        String date = date(Math.floorDiv(micros, MICROS_PER_DAY));
        String time = time(Math.floorMod(micros, MICROS_PER_DAY));
        boolean beforeChrist = date.endsWith(" BC");
        String day = beforeChrist ? date.substring(0, date.length() - 3) : date;
        return day + " " + time + zone + (beforeChrist ? " BC" : "");
    }

    private static String pad(long value, int width) {
        String digits = Long.toString(value);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
