package io.twinlog.cli.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * The known name that a misspelt one probably means: the one with the smallest edit distance (insert, delete, replace,
 * swap neighbours), if that is small for its length.
 */
public final class NearestName {

    private NearestName() {}

    public static Optional<String> of(String name, Collection<String> known) {
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(spelling(name), spelling(candidate));
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        int limit = Math.max(1, name.length() / 3);
        return best <= limit ? Optional.ofNullable(nearest) : Optional.empty();
    }

    /** Dots, hyphens, underscores and capitals are what people mix up most. */
    private static String spelling(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '.').replace('_', '.');
    }

    /** Damerau-Levenshtein distance in its "optimal string alignment" form. */
    private static int distance(String from, String to) {
        int[][] table = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                int replace = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                int least = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1);
                least = Math.min(least, table[i - 1][j - 1] + replace);
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    least = Math.min(least, table[i - 2][j - 2] + 1);
                }
                table[i][j] = least;
            }
        }
        return table[from.length()][to.length()];
    }
}
