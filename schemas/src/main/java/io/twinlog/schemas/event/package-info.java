/**
 * Data records: the layout of the envelope, written and read in place.
 *
 * <p>{@link io.twinlog.schemas.event.EnvelopeWriter} writes everything around the row images, which capture encodes
 * itself; {@link io.twinlog.schemas.event.EnvelopeReader} finds the fields of a record through its writer schema and
 * {@link io.twinlog.schemas.event.RowLayout} the columns of an image, without decoding what nobody asks for.
 */
@NullMarked
package io.twinlog.schemas.event;

import org.jspecify.annotations.NullMarked;
