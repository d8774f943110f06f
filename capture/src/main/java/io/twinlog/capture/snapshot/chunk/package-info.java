/**
 * Parts of tables that a snapshot reads one by one, and what they mean for the stream that follows.
 *
 * <p>A {@link io.twinlog.capture.snapshot.chunk.Chunk} is a range of the first key column, compared outside the database by
 * {@link io.twinlog.capture.snapshot.chunk.KeyOrder}. After an interruption the remaining chunks are read at a later point B
 * than the stream's begin A; {@link io.twinlog.capture.snapshot.chunk.ChunkFilter} leaves the streamed changes out that such
 * chunks already hold.
 */
@NullMarked
package io.twinlog.capture.snapshot.chunk;

import org.jspecify.annotations.NullMarked;
