/**
 * The sink connector: appliers over the records that a worker brings.
 *
 * <p>{@link io.twinlog.connect.sink.TwinlogSinkTask} gives what the worker brings to {@link
 * io.twinlog.connect.sink.ConnectRecords}, from which one applier reads in transaction order, or one per partition in key order
 * ({@link io.twinlog.connect.sink.KeyOrderReader}). {@link io.twinlog.connect.sink.XlogRecords} makes the daemon's bytes of
 * Twinlog's records again; Debezium's are read in package {@code debezium} below.
 */
@NullMarked
package io.twinlog.connect.sink;

import org.jspecify.annotations.NullMarked;
