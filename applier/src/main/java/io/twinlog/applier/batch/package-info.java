/**
 * From merged items to target transactions: whole source transactions, as many as the target's pace suggests.
 *
 * <p>{@link io.twinlog.applier.batch.BatchBuilder} runs on the reading thread, {@link io.twinlog.applier.batch.WorkQueue} hands
 * {@link io.twinlog.applier.batch.Work} to the writing thread. While the target is busy the next batch grows (group commit); a
 * source transaction above the budget becomes several batches of one target transaction (invariants 4 and 10).
 */
@NullMarked
package io.twinlog.applier.batch;

import org.jspecify.annotations.NullMarked;
