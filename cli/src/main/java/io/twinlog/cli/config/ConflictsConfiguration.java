package io.twinlog.cli.config;

import io.twinlog.applier.conflict.ConflictRules;
import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.conflict.ConflictPolicy;
import java.util.List;
import java.util.function.BiConsumer;

/** The section {@code conflicts}. Immutable. */
public record ConflictsConfiguration(
        @Key(
                name = "default",
                text = "Policy where no rule says otherwise; kinds that it has no answer to are held.",
                defaultValue = "hold")
        ConflictPolicy defaultPolicy,

        @Key(
                name = "max",
                text =
                        "A table with more conflicts than this in one minute is paused: its events wait, other tables go on. 0: no limit.",
                defaultValue = "0",
                min = "0",
                max = "1000000000")
        int max,

        @Key(name = "rules", text = "Exceptions; the first one that matches holds.", presence = Presence.OPTIONAL)
        List<ConflictRuleConfiguration> rules)
        implements Validated {

    public ConflictsConfiguration {
        rules = List.copyOf(rules);
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        String lacking = ConflictRules.lackingAsFallback(defaultPolicy);
        if (lacking != null) {
            problems.accept(
                    "default",
                    "cannot be " + defaultPolicy.label() + ": " + defaultPolicy.label()
                            + " needs a rule that names its " + lacking);
        }
    }

    /** The same in the applier's words. */
    public ConflictRules rulesOfApplier() {
        return new ConflictRules(
                defaultPolicy,
                max,
                rules.stream().map(ConflictRuleConfiguration::ruleOfApplier).toList());
    }
}
