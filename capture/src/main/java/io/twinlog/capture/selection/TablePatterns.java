package io.twinlog.capture.selection;

import io.twinlog.schemas.table.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Selects tables by patterns {@code schema.table}, in which {@code *} and {@code %} stand for any run of characters; {@code
 * !pattern} excludes. Immutable.
 */
public final class TablePatterns {

    private record Rule(String text, Pattern regex, boolean exact) {

        boolean matches(TableId table) {
            return regex.matcher(table.toString()).matches();
        }
    }

    private final List<Rule> included = new ArrayList<>();
    private final List<Rule> excluded = new ArrayList<>();

    public TablePatterns(List<String> patterns) {
        for (String pattern : patterns) {
            String text = pattern.strip();
            if (text.startsWith("!")) {
                excluded.add(rule(text.substring(1)));
            } else {
                included.add(rule(text));
            }
        }
    }

    private static Rule rule(String text) {
        StringBuilder regex = new StringBuilder();
        boolean exact = true;
        for (char c : text.toCharArray()) {
            if (c == '*' || c == '%') {
                regex.append(".*");
                exact = false;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return new Rule(text, Pattern.compile(regex.toString(), Pattern.DOTALL), exact);
    }

    public boolean selects(TableId table) {
        return included.stream().anyMatch(rule -> rule.matches(table))
                && excluded.stream().noneMatch(rule -> rule.matches(table));
    }

    /** Whether a pattern without wildcards names the table. */
    public boolean names(TableId table) {
        return selects(table) && included.stream().anyMatch(rule -> rule.exact && rule.matches(table));
    }

    /** Including patterns that select none of the tables. */
    public List<String> unmatched(List<TableId> tables) {
        return included.stream()
                .filter(rule -> tables.stream().noneMatch(rule::matches))
                .map(Rule::text)
                .toList();
    }

    /** Patterns that lack the dot between schema and table. */
    public List<String> malformed() {
        List<String> result = new ArrayList<>();
        for (Rule rule : included) {
            if (rule.text.indexOf('.') < 1) {
                result.add(rule.text);
            }
        }
        for (Rule rule : excluded) {
            if (rule.text.indexOf('.') < 1) {
                result.add("!" + rule.text);
            }
        }
        return result;
    }

    public boolean isEmpty() {
        return included.isEmpty();
    }
}
