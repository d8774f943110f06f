package io.twinlog.cli.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number with its unit, such as {@code 5ms} or {@code 1h}. Stateless. */
public final class TimeSpan {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s?(us|ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "us", Duration.ofNanos(1_000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private TimeSpan() {}

    /** Reads a duration; the message of the {@link IllegalArgumentException} says what is wanted. */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        Duration unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("must be a duration with its unit, such as 5ms, 2s, 1m or 1h");
        }
        return unit.multipliedBy(Long.parseLong(matcher.group(1)));
    }
}
