/**
 * Bytes: Avro binary encoding written and read in place, the single-object header, the partition of a key.
 *
 * <p>{@link io.twinlog.schemas.wire.AvroOutput} and {@link io.twinlog.schemas.wire.AvroInput} are cursors over byte
 * arrays without any object per value; everything on the hot path goes through them. Source of the format: Avro 1.12
 * specification, "Binary Encoding" and "Single-object encoding".
 */
@NullMarked
package io.twinlog.schemas.wire;

import org.jspecify.annotations.NullMarked;
