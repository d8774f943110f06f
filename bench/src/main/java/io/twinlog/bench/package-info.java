/**
 * The end-to-end benchmark: Twinlog and PostgreSQL's own logical replication do the same work, from the same WAL, on the same
 * embedded servers, one after the other.
 *
 * <p>{@link io.twinlog.bench.EndToEnd} is the command; {@link io.twinlog.bench.Workload} makes the changes, the two
 * implementations of {@link io.twinlog.bench.Replication} carry them, {@link io.twinlog.bench.ProcessCosts} reads what the
 * processes used, {@link io.twinlog.bench.Report} prints. Not to be confused with tests: nothing here fails a build.
 */
@NullMarked
package io.twinlog.bench;

import org.jspecify.annotations.NullMarked;
