/**
 * A PostgreSQL database as target.
 *
 * <p>Reading order: {@link io.twinlog.applier.target.postgres.Catalog} (what the target's tables are like), {@link
 * io.twinlog.applier.target.postgres.TableBinding} (which source column goes where), {@link
 * io.twinlog.applier.target.postgres.Statements} (guarded set-based statements over binary arrays), {@link
 * io.twinlog.applier.target.postgres.BatchPlan} (a batch made ready), {@link
 * io.twinlog.applier.target.postgres.SegmentWriter} (fast form, search for deviating keys, bisection) and {@link
 * io.twinlog.applier.target.postgres.RowWriter} (one event under the lock of its row). Not to be confused with a generic JDBC
 * target: everything here relies on PostgreSQL's own semantics.
 */
@NullMarked
package io.twinlog.applier.target.postgres;

import org.jspecify.annotations.NullMarked;
