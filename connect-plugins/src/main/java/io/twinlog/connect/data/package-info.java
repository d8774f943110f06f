/**
 * An xlog record as Connect data (schema and Struct) and back to the very bytes that the daemon writes.
 *
 * <p>{@link io.twinlog.connect.data.XlogMapping} holds both schemas of one kind of record; {@link
 * io.twinlog.connect.data.ConnectTypes} says which Connect type stands for which Avro type.
 */
@NullMarked
package io.twinlog.connect.data;

import org.jspecify.annotations.NullMarked;
