package io.twinlog.applier.replay;

/**
 * How much waits for somebody. Immutable.
 *
 * @param open conflicts that somebody must decide on: one per chain, and those that hold no key
 * @param heldKeys keys that wait
 * @param waiting events that wait, the open ones among them
 */
public record ConflictCount(long open, long heldKeys, long waiting) {}
