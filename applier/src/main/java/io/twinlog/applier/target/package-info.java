/**
 * Executes batches at a target, whatever its vendor.
 *
 * <p>Reading order: {@link io.twinlog.applier.target.Target} (one session of the applier), {@link
 * io.twinlog.applier.target.BatchPlan} (a batch made ready), {@link io.twinlog.applier.target.SegmentWriter} (fast form, search for
 * deviating keys, shorter runs), {@link io.twinlog.applier.target.RowWriter} (one event under the lock of its row), {@link
 * io.twinlog.applier.target.Ledger} (what a batch leaves behind beside rows). What a vendor does in its own way stands behind {@link
 * io.twinlog.applier.target.TargetDatabase}, {@link io.twinlog.applier.target.StatementBuilder} and {@link
 * io.twinlog.applier.target.RowStatements}. Not to be confused with a generic JDBC target: each vendor's statements rely on that
 * vendor's semantics.
 */
@NullMarked
package io.twinlog.applier.target;

import org.jspecify.annotations.NullMarked;
