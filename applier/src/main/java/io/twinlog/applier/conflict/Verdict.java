package io.twinlog.applier.conflict;

/**
 * What a policy wants done with an event.
 *
 * @param reason why, one sentence without row values
 */
public record Verdict(Action action, String reason) {

    /** What is done. */
    public enum Action {
        HOLD,
        /** Leave the target row. */
        KEEP,
        /** Let the event win. */
        APPLY,
        /** Add the differences of numbers to the target row. */
        ADD,
        STOP
    }

    static Verdict hold(String reason) {
        return new Verdict(Action.HOLD, reason);
    }
}
