package io.twinlog.capture.publish;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the control log says that capture stands. Immutable.
 *
 * @param stage whether anything was begun
 * @param epoch the highest epoch
 * @param seq the highest transaction begun in it
 * @param storedSeq the highest transaction known to be stored
 * @param resumePosition where to read on behind it; null only before the first epoch
 * @param facts details of the newest EPOCH or HEARTBEAT
 * @param timeMicros when the newest control record was written
 * @param sourcePosition position of the newest control record that has one
 * @param endOffset end of the control log
 */
public record Checkpoint(
        Stage stage,
        long epoch,
        long seq,
        long storedSeq,
        @Nullable String resumePosition,
        Map<String, String> facts,
        long timeMicros,
        @Nullable String sourcePosition,
        long endOffset) {

    /** How far a replication has come. */
    public enum Stage {
        /** No control log, or an empty one. */
        NOTHING,
        /** A start was announced, and died before its epoch began. */
        INTENT,
        /** An epoch has begun. */
        ESTABLISHED
    }

    /** Of a replication that was never started. */
    public static final Checkpoint NOTHING = new Checkpoint(Stage.NOTHING, 0, 0, 0, null, Map.of(), 0, null, 0);

    public Checkpoint {
        facts = Map.copyOf(facts);
    }

    /** A fact, or null. */
    public @Nullable String fact(String name) {
        return facts.get(name);
    }
}
