package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.table.TableId;
import java.util.List;
import java.util.regex.Pattern;
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
