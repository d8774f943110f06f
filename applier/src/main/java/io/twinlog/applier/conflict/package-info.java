/**
 * Conflicts: what deviated, who decides, where it is kept.
 *
 * <p>{@link io.twinlog.applier.conflict.Decision} is asked for every event of a deviating key, {@link
 * io.twinlog.applier.conflict.ConflictPublisher} stores dead letters on the conflict topic and returns when Kafka has
 * acknowledged them (invariant 8), {@link io.twinlog.applier.conflict.ConflictTopic} reads them.
 */
@NullMarked
package io.twinlog.applier.conflict;

import org.jspecify.annotations.NullMarked;
