/**
 * Held keys: which keys wait for a decision, and what waits behind them, kept in the target beside the progress.
 *
 * <p>{@link io.twinlog.applier.held.HeldKey} names a key, a {@link io.twinlog.applier.held.HeldChain} is a set of keys that must wait
 * together (a primary-key change joins two), {@link io.twinlog.applier.held.HeldEvent} one event of a chain with its original bytes.
 * {@link io.twinlog.applier.held.HeldStore} holds the statements; {@link io.twinlog.applier.held.HeldKeys} is what the applier remembers of
 * them, so that a batch without held keys asks nobody.
 *
 * <p><b>Who may do what, when.</b> The applier alone adds keys and events; whoever replays only removes. Both first lock the rows
 * of {@code twinlog.held_key} that they are about, until their commit. So an event is either behind its chain before a replay has read
 * the chain's end, or it is applied after the replay has committed; never lost, doubled or overtaken (invariant 9). The rule and why it
 * suffices: docs/architecture.md, Held keys.
 */
@NullMarked
package io.twinlog.applier.held;

import org.jspecify.annotations.NullMarked;
