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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

    /**
     * Asks every part, and looks at both sides together, all at the same time: each may have to wait for a server that does not
     * answer. A part that cannot even ask has a problem named after it.
     */
    public static Preconditions of(List<Part> parts, TwinlogConfiguration configuration) {
        List<CompletableFuture<Found>> asked = new ArrayList<>();
        for (Part part : parts) {
            asked.add(CompletableFuture.supplyAsync(() -> ask(part), Preconditions::inThread));
        }
        if (parts.size() > 1) {
            asked.add(CompletableFuture.supplyAsync(
                    () -> new Found(new TableFit(configuration).check(), null), Preconditions::inThread));
        }
        Set<Check> all = new LinkedHashSet<>();
        TwinlogException gap = null;
        for (CompletableFuture<Found> answer : asked) {
            Found found = await(answer);
            all.addAll(found.checks());
            gap = gap == null ? found.gap() : gap;
        }
        List<Check> sorted = new ArrayList<>();
        for (String group : GROUPS) {
            all.stream().filter(check -> group(check).equals(group)).forEach(sorted::add);
        }
        return new Preconditions(sorted, gap);
    }

    private record Found(List<Check> checks, @Nullable TwinlogException gap) {}

    private static Found ask(Part part) {
        try {
            return new Found(part.check(), null);
        } catch (TwinlogException e) {
            if (e.category() == Category.GAP) {
                return new Found(List.of(), e);
            }
            String side = part.role().equals("capture") ? "source" : "target";
            return new Found(
                    List.of(
                            e.category() == Category.OUTAGE
                                    ? Check.outage(side, message(e), null)
                                    : Check.problem(side, message(e), null)),
                    null);
        }
    }

    private static Found await(CompletableFuture<Found> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void inThread(Runnable question) {
        Thread thread = new Thread(question, "twinlog-check");
        thread.setDaemon(true);
        thread.start();
    }

    /** All that hinders a start: mistakes, and servers that do not answer. */
    public List<Check> problems() {
        return checks.stream().filter(Check::hinders).toList();
    }

    /** Whether nothing hinders a start but servers that do not answer now. */
    public boolean waitsForServersOnly() {
        return gap == null
                && !problems().isEmpty()
                && problems().stream().allMatch(check -> check.level() == Level.OUTAGE);
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
