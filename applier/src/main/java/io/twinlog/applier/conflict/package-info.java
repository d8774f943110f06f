/**
 * Conflicts: what to do about a deviation, and where it is written down.
 *
 * <p>{@link io.twinlog.applier.conflict.ConflictRules} finds the {@link io.twinlog.applier.conflict.ConflictRule} of a table and kind, {@link
 * io.twinlog.applier.conflict.Policies} decides by it on what the {@link io.twinlog.applier.conflict.Facts} say. {@link
 * io.twinlog.applier.conflict.ConflictPublisher} stores conflicts and resolutions and returns when Kafka has acknowledged them
 * (invariant 8), {@link io.twinlog.applier.conflict.ConflictTopic} and {@link io.twinlog.applier.conflict.ResolutionTopic} read them.
 */
@NullMarked
package io.twinlog.applier.conflict;

import org.jspecify.annotations.NullMarked;
