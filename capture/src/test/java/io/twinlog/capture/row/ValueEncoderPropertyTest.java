package io.twinlog.capture.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.table.XlogType;
import io.twinlog.schemas.wire.AvroInput;
import io.twinlog.schemas.wire.AvroOutput;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hand-written parsers agree with the library on any value; what does not fit is refused. */
class ValueEncoderPropertyTest {

    private static final int RUNS = 20_000;

    private static @Nullable AvroInput encode(XlogType type, int scale, String text) {
        byte[] padded = ("##" + text + "##").getBytes(StandardCharsets.UTF_8);
        AvroOutput out = new AvroOutput(16);
        if (!ValueEncoder.write(out, type, scale, padded, 2, padded.length - 2)) {
            return null;
        }
        return new AvroInput(out.buffer(), 0, out.size());
    }

    private static AvroInput encoded(XlogType type, int scale, String text) {
        AvroInput in = encode(type, scale, text);
        assertThat(in).as(type + " '" + text + "'").isNotNull();
        return in;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void integers(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(encoded(XlogType.LONG, 0, Long.toString(value)).readLong())
                    .isEqualTo(value);
            boolean fits = value == (int) value;
            assertThat(encode(XlogType.INT, 0, Long.toString(value)) != null).isEqualTo(fits);
        }
    }

    @Test
    void integers_at_their_limits() {
        assertThat(encoded(XlogType.LONG, 0, "-9223372036854775808").readLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(encoded(XlogType.LONG, 0, "9223372036854775807").readLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(encode(XlogType.LONG, 0, "9223372036854775808")).isNull();
        assertThat(encode(XlogType.LONG, 0, "-9223372036854775809")).isNull();
        assertThat(encode(XlogType.LONG, 0, "99999999999999999999")).isNull();
        assertThat(encode(XlogType.LONG, 0, "")).isNull();
        assertThat(encode(XlogType.LONG, 0, "-")).isNull();
        assertThat(encode(XlogType.LONG, 0, "1a")).isNull();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void decimals(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            int scale = random.nextInt(12);
            BigDecimal value = new BigDecimal(new BigInteger(random.nextInt(120), random), scale);
            value = random.nextBoolean() ? value.negate() : value;
            AvroInput in = encoded(XlogType.DECIMAL, scale, value.toPlainString());
            assertThat(new BigDecimal(new BigInteger(in.readBytes()), scale)).isEqualTo(value);
            assertThat(encode(XlogType.DECIMAL, scale + 1, value.toPlainString()))
                    .isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "1e5", "1.2.3", "-", "."})
    void what_is_no_plain_decimal_is_refused(String text) {
        assertThat(encode(XlogType.DECIMAL, 0, text)).isNull();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void floating_point(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            double value = random.nextBoolean()
                    ? Double.longBitsToDouble(random.nextLong())
                    : random.nextInt(1_000_000) / Math.pow(10, random.nextInt(9));
            for (String text : new String[] {Double.toString(value), plain(value)}) {
                assertThat(Double.doubleToLongBits(
                                encoded(XlogType.DOUBLE, 0, text).readDouble()))
                        .isEqualTo(Double.doubleToLongBits(Double.parseDouble(text)));
                assertThat(Float.floatToIntBits(encoded(XlogType.FLOAT, 0, text).readFloat()))
                        .isEqualTo(Float.floatToIntBits(Float.parseFloat(text)));
            }
        }
        assertThat(encoded(XlogType.DOUBLE, 0, "-0").readDouble()).isEqualTo(-0.0);
        assertThat(encoded(XlogType.DOUBLE, 0, "-Infinity").readDouble()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(encode(XlogType.DOUBLE, 0, "inf")).isNull();
    }

    private static String plain(double value) {
        return Double.isFinite(value) && Math.abs(value) < 1e15 && Math.abs(value) > 1e-9
                ? new BigDecimal(Double.toString(value)).toPlainString()
                : "0.5";
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void dates_and_times(long seed) {
        Random random = new Random(seed);
        DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm:ss");
        for (int i = 0; i < RUNS; i++) {
            LocalDate date = LocalDate.ofEpochDay(random.nextInt(4_000_000) - 719_162);
            String dateText = postgres(date);
            assertThat(encoded(XlogType.DATE, 0, dateText).readLong()).isEqualTo(date.toEpochDay());
            long micros = random.nextLong(86_400_000_000L);
            LocalTime clock = LocalTime.ofNanoOfDay(micros * 1000);
            String fraction = micros % 1_000_000 == 0
                    ? ""
                    : ("." + String.format("%06d", micros % 1_000_000)).replaceFirst("0+$", "");
            String timeText = clock.format(time) + fraction;
            assertThat(encoded(XlogType.TIME, 0, timeText).readLong()).isEqualTo(micros);
            long expected = ChronoUnit.MICROS.between(
                    LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC), LocalDateTime.of(date, clock));
            assertThat(encoded(XlogType.LOCAL_TIMESTAMP, 0, dateText + " " + timeText)
                            .readLong())
                    .isEqualTo(expected);
            assertThat(encoded(XlogType.TIMESTAMP, 0, dateText + " " + timeText + "+00")
                            .readLong())
                    .isEqualTo(expected);
            assertThat(encode(XlogType.TIMESTAMP, 0, dateText + " " + timeText + "+01"))
                    .isNull();
            assertThat(encode(XlogType.TIMESTAMP, 0, dateText + " " + timeText)).isNull();
            assertThat(encode(XlogType.DATE, 0, dateText + " BC")).isNull();
        }
    }

    private static String postgres(LocalDate date) {
        return String.format("%04d-%02d-%02d", date.getYear(), date.getMonthValue(), date.getDayOfMonth());
    }

    @ParameterizedTest
    @CsvSource({
        "DATE, infinity",
        "DATE, -infinity",
        "DATE, 44-03-15",
        "DATE, 2024-13-01",
        "DATE, 01.02.2024",
        "DATE, 2024-1-01",
        "TIME, 24:00:00",
        "TIME, 12:00",
        "TIME, 12:00:00.",
        "TIME, 12:00:60",
        "TIME, 12:00:00.1234567",
        "TIME, 12:00:00+01",
        "LOCAL_TIMESTAMP, infinity",
        "LOCAL_TIMESTAMP, 0044-03-15 00:00:00 BC",
        "LOCAL_TIMESTAMP, 294276-12-31 23:59:59",
        "TIMESTAMP, -infinity",
        "TIMESTAMP, 2024-01-01 00:00:00+05:30",
        "BOOLEAN, true",
        "BOOLEAN, x",
        "UUID, abc",
        "BYTES, abc",
        "BYTES, \\x0",
        "BYTES, \\xzz"
    })
    void what_the_type_cannot_hold_is_refused(XlogType type, String text) {
        assertThat(encode(type, 0, text)).isNull();
    }

    @Test
    void bytes_and_text() {
        assertThat(encoded(XlogType.BYTES, 0, "\\x").readBytes()).isEmpty();
        assertThat(encoded(XlogType.BYTES, 0, "\\x00ff7f80").readBytes()).containsExactly(0, -1, 127, -128);
        assertThat(encoded(XlogType.TEXT, 0, "größe \uD83D\uDE00").readString()).isEqualTo("größe \uD83D\uDE00");
        assertThat(encoded(XlogType.BOOLEAN, 0, "t").readBoolean()).isTrue();
    }
}
