/**
 * Conflicts: what the conflict topic holds about an event that did not meet the target it expects, and what became of it.
 *
 * <p>{@link io.twinlog.schemas.conflict.ConflictRecord} is the finding, {@link io.twinlog.schemas.conflict.Resolution} its fate.
 */
@NullMarked
package io.twinlog.schemas.conflict;

import org.jspecify.annotations.NullMarked;
