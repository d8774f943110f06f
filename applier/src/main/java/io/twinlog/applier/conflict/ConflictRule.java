package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.TableId;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What to do about some conflicts of some tables. Immutable.
 *
 * @param tables patterns {@code schema.table}, where {@code *} and {@code %} stand for any text and a leading {@code !} leaves tables out;
 *     all tables if empty
 * @param kinds the kinds it is for; if empty, all that its policy can answer
 * @param column what NEWEST, OLDEST, MAXIMUM and MINIMUM compare; null: the commit time
 * @param columns numbers that DELTA adds up
 * @param origins PRIORITY: who wins, first the highest: {@code source}, {@code target}, or names of replication origins
 * @param scope which columns of an update are compared
 */
public record ConflictRule(
        List<String> tables,
        List<ConflictKind> kinds,
        ConflictPolicy policy,
        @Nullable String column,
        List<String> columns,
        List<String> origins,
        Scope scope) {

    /** Which columns of an update are compared with its before image. */
    public enum Scope {
        /** Those that the update changes. */
        CHANGED,
        /** All of them. */
        ALL
    }

    public ConflictRule {
        tables = List.copyOf(tables);
        kinds = List.copyOf(kinds);
        columns = List.copyOf(columns);
        origins = List.copyOf(origins);
    }

    /** A rule for everything that the policy can answer, without further settings. */
    public static ConflictRule of(ConflictPolicy policy) {
        return new ConflictRule(List.of(), List.of(), policy, null, List.of(), List.of(), Scope.CHANGED);
    }

    /**
     * Looks whether policy, kinds and settings fit together.
     *
     * @param problems hears the name of a setting and what is wrong with it
     */
    public void check(BiConsumer<String, String> problems) {
        for (ConflictKind kind : kinds) {
            if (!answers(policy, kind)) {
                problems.accept(
                        "kinds",
                        "names " + kind.label() + ", to which the policy " + policy.label()
                                + " has no answer; it is for " + answered());
            }
        }
        boolean compares = policy == ConflictPolicy.MAXIMUM || policy == ConflictPolicy.MINIMUM;
        boolean mayCompare = compares || policy == ConflictPolicy.NEWEST || policy == ConflictPolicy.OLDEST;
        require("column", compares, mayCompare, column != null, problems);
        boolean adds = policy == ConflictPolicy.DELTA;
        require("columns", adds, adds, !columns.isEmpty(), problems);
        boolean ranks = policy == ConflictPolicy.PRIORITY;
        require("origins", ranks, ranks, !origins.isEmpty(), problems);
        if (scope == Scope.ALL && !kinds.isEmpty() && !kinds.contains(ConflictKind.UPDATE_DIFFERS)) {
            problems.accept(
                    "scope", "says all, but the rule is not for update_differs, the only kind that it is about");
        }
    }

    private void require(
            String setting, boolean needed, boolean allowed, boolean given, BiConsumer<String, String> problems) {
        if (needed && !given) {
            problems.accept(setting, "is missing: the policy " + policy.label() + " needs it");
        } else if (given && !allowed) {
            problems.accept(setting, "has no meaning for the policy " + policy.label());
        }
    }

    private String answered() {
        return Arrays.stream(ConflictKind.values())
                .filter(kind -> answers(policy, kind))
                .map(ConflictKind::label)
                .collect(Collectors.joining(", "));
    }

    public boolean covers(TableId table) {
        boolean included = tables.stream().allMatch(pattern -> pattern.startsWith("!"));
        for (String pattern : tables) {
            if (pattern.startsWith("!")) {
                if (matches(pattern.substring(1), table)) {
                    return false;
                }
            } else if (matches(pattern, table)) {
                included = true;
            }
        }
        return included;
    }

    private static boolean matches(String pattern, TableId table) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(c == '*' || c == '%' ? ".*" : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL)
                .matcher(table.toString())
                .matches();
    }

    boolean covers(ConflictKind kind) {
        return kinds.isEmpty() ? answers(policy, kind) : kinds.contains(kind);
    }

    /** Whether it decides by commit time. */
    public boolean needsCommitTime() {
        return switch (policy) {
            case NEWEST, OLDEST -> column == null;
            case PRIORITY -> true;
            case HOLD, SKIP, OVERWRITE, MAXIMUM, MINIMUM, DELTA, STOP -> false;
        };
    }

    /** Whether a policy can decide on conflicts of a kind. */
    public static boolean answers(ConflictPolicy policy, ConflictKind kind) {
        return switch (policy) {
            case HOLD, SKIP, STOP -> kind != ConflictKind.BEHIND;
            case OVERWRITE ->
                switch (kind) {
                    case INSERT_EXISTS, UPDATE_MISSING, UPDATE_DIFFERS, DELETE_MISSING, DELETE_DIFFERS, UNIQUE_EXISTS ->
                        true;
                    case CONSTRAINT, CONVERSION, TARGET_MISSING, UNDECODABLE, BEHIND -> false;
                };
            case NEWEST, OLDEST, PRIORITY, MAXIMUM, MINIMUM ->
                switch (kind) {
                    case INSERT_EXISTS, UPDATE_DIFFERS, DELETE_DIFFERS -> true;
                    case UPDATE_MISSING,
                            DELETE_MISSING,
                            UNIQUE_EXISTS,
                            CONSTRAINT,
                            CONVERSION,
                            TARGET_MISSING,
                            UNDECODABLE,
                            BEHIND -> false;
                };
            case DELTA -> kind == ConflictKind.UPDATE_DIFFERS;
        };
    }
}
