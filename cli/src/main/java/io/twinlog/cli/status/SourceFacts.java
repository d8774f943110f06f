package io.twinlog.cli.status;

import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the source knows. Immutable.
 *
 * @param walEnd its present position
 * @param slot the replication's slot, or null if there is none
 * @param detection the replicated tables
 */
record SourceFacts(String walEnd, StatusReport.@Nullable Slot slot, SortedMap<TableId, ReplicaIdentity> detection) {}
