/**
 * Puts the events of all partitions back into the order in which the source committed them.
 *
 * <p>{@link io.twinlog.applier.merge.XlogConsumer} fetches the control log and the data partitions and feeds {@link
 * io.twinlog.applier.merge.Merger}, a single-threaded component without clock and network; the merger gives {@link
 * io.twinlog.applier.merge.Merged} items: begin, events by ordinal, end, and the rarer control records, in order. Kept here:
 * nothing is skipped (invariant 2) and memory is bounded by a byte budget (invariant 10).
 */
@NullMarked
package io.twinlog.applier.merge;

import org.jspecify.annotations.NullMarked;
