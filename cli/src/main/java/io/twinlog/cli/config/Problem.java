package io.twinlog.cli.config;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration file. Immutable.
 *
 * @param line from 1; 0 where it concerns the file as a whole
 * @param column from 1
 * @param key path of the key, such as {@code apply.batch.events}; null where it is about the text
 * @param message what is wrong and what is wanted, without values of secrets
 */
record Problem(int line, int column, @Nullable String key, String message) implements Comparable<Problem> {

    private static final Comparator<Problem> IN_FILE_ORDER =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    @Override
    public int compareTo(Problem other) {
        return IN_FILE_ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String place = line == 0 ? "" : "line " + line + ", column " + column + ": ";
        return place + (key == null ? "" : key + " ") + message;
    }
}
