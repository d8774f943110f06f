package io.twinlog.applier.conflict;

import io.twinlog.schemas.conflict.ConflictRecord;

/** Decides what becomes of an event that does not meet the row it expects. Called under the lock of that row. */
@FunctionalInterface
public interface Decision {

    /** Parks everything. */
    Decision PARK = conflict -> Answer.PARK;

    Answer decide(ConflictRecord conflict);

    /** What to do with the event. */
    enum Answer {
        /** Publish it and leave the target row as it is. */
        PARK
    }
}
