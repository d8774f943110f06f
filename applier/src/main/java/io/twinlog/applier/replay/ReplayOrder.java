package io.twinlog.applier.replay;

import io.twinlog.schemas.conflict.ConflictPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants done with the conflicts selected. Immutable.
 *
 * @param action decide again, or give up
 * @param policy decides instead of the configured one on the conflicts selected (not on what waits behind them); or null
 * @param set values for columns of the after image, as text the column's type reads; only for a single conflict
 * @param dryRun nothing changes: what would happen is told
 * @param actor who wants it, such as {@code user@host}
 * @param reason why; may be empty for {@link Action#REPLAY}
 */
public record ReplayOrder(
        Action action,
        @Nullable ConflictPolicy policy,
        Map<String, @Nullable String> set,
        boolean dryRun,
        String actor,
        String reason) {

    /** What is done. */
    public enum Action {
        REPLAY,
        DISCARD
    }

    public ReplayOrder {
        set = new LinkedHashMap<>(set);
    }

    /** Decide again, by the policies configured. */
    public static ReplayOrder replay(String actor) {
        return new ReplayOrder(Action.REPLAY, null, Map.of(), false, actor, "");
    }

    /** Give up the events selected; what waits behind them is decided on by the policies configured. */
    public static ReplayOrder discard(String actor, String reason) {
        return new ReplayOrder(Action.DISCARD, null, Map.of(), false, actor, reason);
    }

    public ReplayOrder policy(ConflictPolicy given) {
        return new ReplayOrder(action, given, set, dryRun, actor, reason);
    }

    public ReplayOrder set(String column, @Nullable String value) {
        Map<String, @Nullable String> more = new LinkedHashMap<>(set);
        more.put(column, value);
        return new ReplayOrder(action, policy, more, dryRun, actor, reason);
    }

    public ReplayOrder because(String why) {
        return new ReplayOrder(action, policy, set, dryRun, actor, why);
    }

    public ReplayOrder asDryRun() {
        return new ReplayOrder(action, policy, set, true, actor, reason);
    }

    /** The reason of an outcome: what was found, and why somebody wanted it. */
    String reason(String found) {
        return reason.isBlank() ? found : found + " (" + reason + ")";
    }
}
