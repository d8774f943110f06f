/**
 * Replay: deciding again on what waits, by the operator's order, beside an applier that runs or not.
 *
 * <p>{@link io.twinlog.applier.replay.Replay} is the entry, for the command line, for a sink inside Kafka Connect, for a web page: a {@link
 * io.twinlog.applier.replay.Selection} of {@link io.twinlog.applier.replay.ConflictEntry conflicts} and a {@link
 * io.twinlog.applier.replay.ReplayOrder} go in, {@link io.twinlog.applier.replay.ReplayOutcome outcomes} come out. {@link
 * io.twinlog.applier.replay.ChainReplay} releases the chain of a held key in order, {@link io.twinlog.applier.replay.SettledReplay}
 * decides again on what waits no more.
 *
 * <p>Invariants: what is decided, what it does to rows and what is taken out of the chain commit together, with the outcome in the outbox
 * (invariants 5 and 7); the topics learn of it afterwards, at the latest by the next call. Locks: docs/architecture.md, Held keys.
 */
@NullMarked
package io.twinlog.applier.replay;

import org.jspecify.annotations.NullMarked;
