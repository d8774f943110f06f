/**
 * The end-to-end benchmark: Twinlog and the database's own replication do the same work, from the same log, on the same
 * embedded servers, one after the other.
 *
 * <p>{@link io.twinlog.bench.EndToEnd} is the command; {@link io.twinlog.bench.Workload} says what is changed and a {@link
 * io.twinlog.bench.Database} how. {@link io.twinlog.bench.Backlog}, {@link io.twinlog.bench.Live} and {@link io.twinlog.bench.InitialSync}
 * measure, on one {@link io.twinlog.bench.TestBed}, the implementations of {@link io.twinlog.bench.Replication}; {@link
 * io.twinlog.bench.ProcessCosts} reads what the processes used, {@link io.twinlog.bench.Report} prints.
 */
@NullMarked
package io.twinlog.bench;

import org.jspecify.annotations.NullMarked;
