package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import java.util.List;
import java.util.function.BiConsumer;

/** The section {@code conflicts}. Immutable. */
public record ConflictsConfiguration(
        @Key(
                name = "default",
                text =
                        "Policy where no rule says otherwise. `hold`: the event is parked on the topic"
                                + " `<replication>.conflicts` and the target row stays. The other policies are not available yet.",
                defaultValue = "hold")
        Policy defaultPolicy,

        @Key(name = "rules", text = "Exceptions; the first one that matches holds.", presence = Presence.OPTIONAL)
        List<ConflictRule> rules)
        implements Validated {

    public ConflictsConfiguration {
        rules = List.copyOf(rules);
    }

    @Override
    public void validate(BiConsumer<String, String> problems) {
        Policy.refuse(defaultPolicy, "default", problems);
    }
}
