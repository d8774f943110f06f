package io.twinlog.schemas.conflict;

import org.jspecify.annotations.Nullable;

/**
 * What became of one conflict; the last one per id holds. Immutable.
 *
 * @param id the conflict's, epoch-seq-ordinal of its event
 * @param state what it is in now
 * @param actor who decided: {@code applier}, or the name of an operator
 * @param reason why, one sentence without row values
 * @param timeMicros when, microseconds since 1970
 * @param policy the policy by which it was resolved, or null
 * @param attempt which attempt decided; 1 is the applier's
 */
public record Resolution(
        String id,
        ResolutionState state,
        String actor,
        String reason,
        long timeMicros,
        @Nullable ConflictPolicy policy,
        int attempt) {

    /** The name under which the applier acts. */
    public static final String APPLIER = "applier";

    /** What the applier says about a conflict that it has just found. */
    public static Resolution atDetection(ConflictRecord conflict) {
        ResolutionState state = switch (conflict.outcome()) {
            case HELD -> conflict.heldBehind() == null ? ResolutionState.OPEN : ResolutionState.HELD;
            case STOPPED -> ResolutionState.OPEN;
            case KEPT, APPLIED, MERGED -> ResolutionState.RESOLVED;
        };
        return new Resolution(
                conflict.id(),
                state,
                APPLIER,
                conflict.reason(),
                conflict.detectedMicros(),
                conflict.policy(),
                conflict.attempt());
    }
}
