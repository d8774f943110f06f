package io.twinlog.connect.settings;

import io.twinlog.applier.conflict.ConflictRule;
import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of conflicts, with the meaning of section {@code conflicts} of the daemon's file. Rules have names, as Connect's
 * transformations have: {@code conflicts.rules=stock} and {@code conflicts.rules.stock.policy=overwrite}. Stateless.
 */
public final class ConflictSettings {

    static final String DEFAULT = "conflicts.default";
    static final String MAX = "conflicts.max";
    private static final String RULES = "conflicts.rules";
    private static final String PREFIX = RULES + ".";
    private static final List<String> KEYS =
            List.of("tables", "kinds", "policy", "column", "columns", "origins", "scope");
    private static final String GROUP = "Conflicts";

    private ConflictSettings() {}

    static ConfigDef define(ConfigDef definition) {
        List<String> fallbacks = Arrays.stream(ConflictPolicy.values())
                .filter(policy -> ConflictRules.lackingAsFallback(policy) == null)
                .map(ConflictPolicy::label)
                .toList();
        return definition
                .define(
                        DEFAULT,
                        Type.STRING,
                        "hold",
                        ConfigDef.ValidString.in(fallbacks.toArray(String[]::new)),
                        Importance.MEDIUM,
                        "What becomes of a conflict that no rule is for, beside its record on <replication>.conflicts: 'hold' parks it and the later events of its key, 'skip' leaves the target's row, 'overwrite' writes over it, 'newest' and 'oldest' go by commit time, 'stop' stops.",
                        GROUP,
                        1,
                        Width.SHORT,
                        "Conflicts",
                        SharedSettings.oneOf(fallbacks))
                .define(
                        MAX,
                        Type.INT,
                        0,
                        ConfigDef.Range.between(0, 1_000_000_000),
                        Importance.LOW,
                        "A table with more conflicts than this in one minute is paused: its events wait, other tables go on. 0: no limit.",
                        GROUP,
                        2,
                        Width.SHORT,
                        "Most conflicts in a minute")
                .define(
                        RULES,
                        Type.LIST,
                        List.of(),
                        Importance.MEDIUM,
                        "Names of rules; the first one that is for a conflict holds. Each has settings conflicts.rules.<name>.policy (required; also 'priority', 'maximum', 'minimum', 'delta'), .tables, .kinds, .column, .columns, .origins, .scope, as in the daemon's file.",
                        GROUP,
                        3,
                        Width.LONG,
                        "Rules");
    }

    /**
     * What is wrong with the rules: messages by the name of a setting.
     *
     * @param given all settings of the connector
     */
    public static Map<String, String> problems(Map<String, String> given) {
        Map<String, String> problems = new TreeMap<>();
        List<String> names = list(given.get(RULES));
        given.keySet().stream()
                .filter(setting -> setting.startsWith(PREFIX))
                .forEach(setting -> checkName(setting, names, problems));
        names.forEach(name -> rule(given, name, problems));
        return problems;
    }

    private static void checkName(String setting, List<String> names, Map<String, String> problems) {
        String rest = setting.substring(PREFIX.length());
        int dot = rest.lastIndexOf('.');
        if (dot < 0 || !KEYS.contains(rest.substring(dot + 1))) {
            problems.put(setting, "is no setting of a rule; those are " + String.join(", ", KEYS));
        } else if (!names.contains(rest.substring(0, dot))) {
            problems.put(
                    setting,
                    "is for a rule that " + RULES + " does not name: add " + rest.substring(0, dot) + " to it");
        }
    }

    /** @throws ConfigException if a rule is wrong */
    static ConflictRules rules(Map<String, String> given, String fallback, int max) {
        Map<String, String> problems = problems(given);
        List<ConflictRule> rules = new ArrayList<>();
        for (String name : list(given.get(RULES))) {
            ConflictRule rule = rule(given, name, problems);
            if (rule != null) {
                rules.add(rule);
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.entrySet().stream()
                    .map(problem -> problem.getKey() + " " + problem.getValue())
                    .collect(Collectors.joining("; ")));
        }
        return new ConflictRules(ConflictPolicy.parse(fallback), max, rules);
    }

    /** A rule, or null where one of its settings cannot be read. */
    private static @Nullable ConflictRule rule(Map<String, String> given, String name, Map<String, String> problems) {
        String prefix = PREFIX + name + ".";
        ConflictPolicy policy = policy(given.get(prefix + "policy"), prefix + "policy", problems);
        List<ConflictKind> kinds = kinds(given.get(prefix + "kinds"), prefix + "kinds", problems);
        String scope = given.getOrDefault(prefix + "scope", "changed");
        if (!scope.equals("changed") && !scope.equals("all")) {
            problems.put(prefix + "scope", "is changed or all, not '" + scope + "'");
            return null;
        }
        if (policy == null || kinds == null) {
            return null;
        }
        ConflictRule rule = new ConflictRule(
                list(given.get(prefix + "tables")),
                kinds,
                policy,
                given.get(prefix + "column"),
                list(given.get(prefix + "columns")),
                list(given.get(prefix + "origins")),
                ConflictRule.Scope.valueOf(scope.toUpperCase(Locale.ROOT)));
        rule.check((key, what) -> problems.put(prefix + key, what));
        return rule;
    }

    private static @Nullable ConflictPolicy policy(
            @Nullable String text, String setting, Map<String, String> problems) {
        if (text == null) {
            problems.put(setting, "is missing: a rule needs a policy");
            return null;
        }
        try {
            return ConflictPolicy.parse(text);
        } catch (IllegalArgumentException e) {
            problems.put(
                    setting,
                    "is no policy: '" + text + "'; there are "
                            + Arrays.stream(ConflictPolicy.values())
                                    .map(ConflictPolicy::label)
                                    .collect(Collectors.joining(", ")));
            return null;
        }
    }

    private static @Nullable List<ConflictKind> kinds(
            @Nullable String text, String setting, Map<String, String> problems) {
        List<ConflictKind> kinds = new ArrayList<>();
        for (String kind : list(text)) {
            try {
                kinds.add(ConflictKind.parse(kind));
            } catch (IllegalArgumentException e) {
                problems.put(
                        setting,
                        "names no kind of conflict: '" + kind + "'; there are "
                                + Arrays.stream(ConflictKind.values())
                                        .map(ConflictKind::label)
                                        .collect(Collectors.joining(", ")));
                return null;
            }
        }
        return kinds;
    }

    private static List<String> list(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(String::trim)
                        .filter(part -> !part.isEmpty())
                        .toList();
    }
}
