package io.twinlog.capture.mariadb.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of MySQL's GTIDs: numbers in ranges, per source. A source is the UUID of the server that made the transaction, with the tag of the
 * transaction if it has one: {@code uuid} or {@code uuid:tag}. Not thread-safe.
 */
public final class GtidSet {

    /** Of each source the ranges, first number to last one; ranges neither overlap nor touch. */
    private final NavigableMap<String, NavigableMap<Long, Long>> ranges = new TreeMap<>();

    /**
     * Reads what the server prints, such as {@code uuid:1-5:7:tag:1-3, uuid2:4}.
     *
     * @throws NumberFormatException if it is no such text
     */
    public static GtidSet parse(String text) {
        GtidSet set = new GtidSet();
        for (String server : text.split(",", -1)) {
            String[] parts = server.strip().split(":", -1);
            String source = parts[0].strip();
            for (int i = 1; i < parts.length; i++) {
                String part = parts[i].strip();
                if (Character.isDigit(part.charAt(0))) {
                    int dash = part.indexOf('-');
                    set.add(
                            source,
                            Long.parseLong(dash < 0 ? part : part.substring(0, dash)),
                            Long.parseLong(part.substring(dash + 1)));
                } else {
                    source = parts[0].strip() + ":" + part;
                }
            }
        }
        return set;
    }

    public GtidSet add(GtidSet other) {
        other.ranges.forEach((source, numbers) -> numbers.forEach((first, last) -> add(source, first, last)));
        return this;
    }

    public void add(String source, long number) {
        add(source, number, number);
    }

    private void add(String source, long first, long last) {
        NavigableMap<Long, Long> numbers = ranges.computeIfAbsent(source, s -> new TreeMap<>());
        long from = first;
        long to = last;
        Map.Entry<Long, Long> before = numbers.floorEntry(first);
        if (before != null && before.getValue() >= first - 1) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        NavigableMap<Long, Long> merged = numbers.subMap(from, true, to + 1, true);
        for (long end : merged.values()) {
            to = Math.max(to, end);
        }
        merged.clear();
        numbers.put(from, to);
    }

    public void remove(String source, long number) {
        NavigableMap<Long, Long> numbers = ranges.get(source);
        Map.Entry<Long, Long> range = numbers == null ? null : numbers.floorEntry(number);
        if (numbers == null || range == null || range.getValue() < number) {
            return;
        }
        numbers.remove(range.getKey());
        if (range.getKey() < number) {
            numbers.put(range.getKey(), number - 1);
        }
        if (range.getValue() > number) {
            numbers.put(number + 1, range.getValue());
        }
        if (numbers.isEmpty()) {
            ranges.remove(source);
        }
    }

    public boolean contains(String source, long number) {
        NavigableMap<Long, Long> numbers = ranges.get(source);
        Map.Entry<Long, Long> range = numbers == null ? null : numbers.floorEntry(number);
        return range != null && range.getValue() >= number;
    }

    /** Whether the set has a number of this source, and none that is higher than this one. */
    public boolean isBefore(String source, long number) {
        NavigableMap<Long, Long> numbers = ranges.get(source);
        return numbers != null && numbers.lastEntry().getValue() < number;
    }

    /** What is here and not there. */
    public GtidSet minus(GtidSet other) {
        GtidSet rest = new GtidSet();
        ranges.forEach((source, numbers) -> {
            NavigableMap<Long, Long> without = other.ranges.getOrDefault(source, new TreeMap<>());
            numbers.forEach((first, last) -> {
                long next = first;
                Map.Entry<Long, Long> range = without.floorEntry(first);
                for (range = range == null ? without.ceilingEntry(first) : range;
                        range != null && range.getKey() <= last;
                        range = without.higherEntry(range.getKey())) {
                    if (range.getKey() > next) {
                        rest.add(source, next, range.getKey() - 1);
                    }
                    next = Math.max(next, range.getValue() + 1);
                }
                if (next <= last) {
                    rest.add(source, next, last);
                }
            });
        });
        return rest;
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** As the server reads it: {@code uuid:1-5:7,uuid:tag:1-3,uuid2:4}. */
    @Override
    public String toString() {
        List<String> sources = new ArrayList<>();
        ranges.forEach((source, numbers) -> {
            StringBuilder text = new StringBuilder(source);
            numbers.forEach((first, last) -> {
                text.append(':').append(first);
                if (!first.equals(last)) {
                    text.append('-').append(last);
                }
            });
            sources.add(text.toString());
        });
        return String.join(",", sources);
    }
}
