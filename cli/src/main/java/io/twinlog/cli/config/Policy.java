package io.twinlog.cli.config;

import java.util.Locale;
import java.util.function.BiConsumer;

/** The configured answer to a conflict. */
public enum Policy {
    HOLD,
    SKIP,
    OVERWRITE,
    NEWEST,
    OLDEST,
    PRIORITY,
    MAXIMUM,
    MINIMUM,
    DELTA,
    STOP;

    /** Reports a policy that the applier does not know yet: it must not be taken for {@link #HOLD} in silence. */
    static void refuse(Policy policy, String key, BiConsumer<String, String> problems) {
        if (policy != HOLD) {
            problems.accept(
                    key,
                    "asks for the policy " + policy.name().toLowerCase(Locale.ROOT)
                            + ", which is not available yet; this version knows hold: conflicts are parked on the conflict topic");
        }
    }
}
