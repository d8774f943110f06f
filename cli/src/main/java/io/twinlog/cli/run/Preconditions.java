package io.twinlog.cli.run;

import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.check.Check.Level;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checks of all parts together. Immutable.
 *
 * @param checks each once, in the order of their groups
 * @param gap set when a part found that changes are lost: no check can be mended then
 */
public record Preconditions(List<Check> checks, @Nullable TwinlogException gap) {

    /** In which order people look for trouble. */
    private static final List<String> GROUPS = List.of("source", "kafka", "target", "tables", "other");

    public Preconditions {
        checks = List.copyOf(checks);
    }

    /** Asks every part, and looks at both sides together. A part that cannot even ask has a problem named after it. */
    public static Preconditions of(List<Part> parts, TwinlogConfiguration configuration) {
        Set<Check> all = new LinkedHashSet<>();
        TwinlogException gap = null;
        for (Part part : parts) {
            try {
                all.addAll(part.check());
            } catch (TwinlogException e) {
                if (e.category() == Category.GAP) {
                    gap = gap == null ? e : gap;
                } else {
                    all.add(Check.problem(part.role().equals("capture") ? "source" : "target", message(e), null));
                }
            }
        }
        if (parts.size() > 1) {
            all.addAll(new TableFit(configuration).check());
        }
        List<Check> sorted = new ArrayList<>();
        for (String group : GROUPS) {
            all.stream().filter(check -> group(check).equals(group)).forEach(sorted::add);
        }
        return new Preconditions(sorted, gap);
    }

    public List<Check> problems() {
        return atLevel(Level.PROBLEM);
    }

    public List<Check> warnings() {
        return atLevel(Level.WARNING);
    }

    /** The checks by group, in the order of {@code source, kafka, target, tables, other}. */
    public Map<String, List<Check>> byGroup() {
        Map<String, List<Check>> groups = new LinkedHashMap<>();
        for (Check check : checks) {
            groups.computeIfAbsent(group(check), name -> new ArrayList<>()).add(check);
        }
        return groups;
    }

    /** The group of a check, by the first word of its subject. */
    public static String group(Check check) {
        String first = check.subject().split("[ :]", 2)[0].toLowerCase(Locale.ROOT);
        return switch (first) {
            case "source", "capture", "slot", "publication" -> "source";
            case "kafka", "topic", "topics", "broker" -> "kafka";
            case "target", "applier" -> "target";
            case "table", "tables" -> "tables";
            default -> "other";
        };
    }

    private List<Check> atLevel(Level level) {
        return checks.stream().filter(check -> check.level() == level).toList();
    }

    private static String message(TwinlogException e) {
        String message = e.getMessage();
        return message == null ? e.category().name() : message;
    }
}
