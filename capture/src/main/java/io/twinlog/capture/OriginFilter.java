package io.twinlog.capture;

/** Which transactions are captured, by where they were first made. */
public enum OriginFilter {
    /** All. */
    ANY,
    /** All but those that an applier of ours wrote at the source: what two twins need that replicate each other. */
    LOCAL
}
