package io.twinlog.cli.status;

import org.jspecify.annotations.Nullable;

/**
 * What the source knows. Immutable.
 *
 * @param walEnd its present position
 * @param slot the replication's slot, or null if there is none
 */
record SourceFacts(String walEnd, StatusReport.@Nullable Slot slot) {}
