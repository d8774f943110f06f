/**
 * Rows: the text of their columns, whatever the source, to Avro, in place, for stream and snapshot alike.
 *
 * <p>A source hands a row over as a {@link io.twinlog.capture.row.Tuple}, slices of a buffer. {@link
 * io.twinlog.capture.row.RowEncoder} encodes it and its key, {@link io.twinlog.capture.row.ValueEncoder} one value. A value that
 * its Avro type cannot hold exactly is reported, never bent: it travels as text (invariant 6).
 */
@NullMarked
package io.twinlog.capture.row;

import org.jspecify.annotations.NullMarked;
