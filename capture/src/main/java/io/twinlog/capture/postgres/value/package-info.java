/**
 * Values: PostgreSQL's text to Avro, in place, for stream and snapshot alike.
 *
 * <p>{@link io.twinlog.capture.postgres.value.TypeNames} names types, {@link io.twinlog.capture.postgres.value.ColumnTypes}
 * decides how a type travels, {@link io.twinlog.capture.postgres.value.ValueEncoder} writes one value, {@link
 * io.twinlog.capture.postgres.value.RowEncoder} a row and its key. A value that its Avro type cannot hold exactly is
 * reported, never bent: it travels as text (invariant 6). The list per type is docs/types-postgresql.md.
 */
@NullMarked
package io.twinlog.capture.postgres.value;

import org.jspecify.annotations.NullMarked;
