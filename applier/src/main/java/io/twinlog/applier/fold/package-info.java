/**
 * Reduces the events of a batch to one net change per key, where that is provably the same.
 *
 * <p>{@link io.twinlog.applier.fold.Segments} cuts a batch where the order of keys matters, {@link
 * io.twinlog.applier.fold.Fold} folds a segment, {@link io.twinlog.applier.fold.NetChange} is what one key undergoes. No database
 * and no clock here.
 */
@NullMarked
package io.twinlog.applier.fold;

import org.jspecify.annotations.NullMarked;
