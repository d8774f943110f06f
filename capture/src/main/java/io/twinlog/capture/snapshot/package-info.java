/**
 * The initial sync: rows that exist when a replication starts, read with one exported snapshot and published chunk by chunk.
 *
 * <p>{@link io.twinlog.capture.snapshot.Snapshot} publishes chunks in order while {@link
 * io.twinlog.capture.snapshot.ChunkReader}s read ahead into bounded buffers; {@link
 * io.twinlog.capture.snapshot.ChunkPlan} cuts tables; {@link io.twinlog.capture.snapshot.SnapshotLog} is what the control log
 * says about an earlier attempt; {@link io.twinlog.capture.snapshot.CopyRow} unescapes COPY's text into the tuples that the
 * stream's encoder takes.
 */
@NullMarked
package io.twinlog.capture.snapshot;

import org.jspecify.annotations.NullMarked;
