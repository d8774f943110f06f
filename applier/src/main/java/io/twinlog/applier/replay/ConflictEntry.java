package io.twinlog.applier.replay;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionState;
import org.jspecify.annotations.Nullable;

/**
 * A conflict and what became of it until now. Immutable.
 *
 * @param conflict in lists without images and original bytes
 * @param resolution its state, and who brought it there
 * @param chain the chain that the event waits in, or null if it does not wait
 */
public record ConflictEntry(
        ConflictRecord conflict,
        Resolution resolution,
        @Nullable String chain) {

    public EventId id() {
        return EventId.parse(conflict.id());
    }

    public ResolutionState state() {
        return resolution.state();
    }

    /** Whether it waits for somebody. */
    public boolean isOpen() {
        return !resolution.state().isFinal();
    }
}
