/**
 * What must hold at the source before capture starts, and each time it connects.
 *
 * <p>{@link io.twinlog.capture.postgres.precondition.SourcePreconditions} looks at everything at once and changes nothing; {@link
 * io.twinlog.capture.postgres.precondition.Continuity} proves that the log goes on where we stopped (invariant 2); {@link
 * io.twinlog.capture.postgres.precondition.Lease} keeps a second capture out, and tells one that lives from one that is only not gone yet.
 */
@NullMarked
package io.twinlog.capture.postgres.precondition;

import org.jspecify.annotations.NullMarked;
