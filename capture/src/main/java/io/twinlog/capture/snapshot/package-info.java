/**
 * The initial sync: rows that exist when a replication starts, read in one snapshot and published chunk by chunk.
 *
 * <p>{@link io.twinlog.capture.snapshot.Snapshot} publishes chunks in order while {@link
 * io.twinlog.capture.snapshot.ChunkReader}s read ahead into bounded buffers from the source's {@link
 * io.twinlog.capture.snapshot.RowSource}; {@link io.twinlog.capture.snapshot.ChunkPlan} cuts tables; {@link
 * io.twinlog.capture.snapshot.SnapshotLog} is what the control log says about an earlier attempt.
 */
@NullMarked
package io.twinlog.capture.snapshot;

import org.jspecify.annotations.NullMarked;
