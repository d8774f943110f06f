/**
 * Kafka Connect plugins: thin shells over capture and applier.
 *
 * <p>{@link io.twinlog.connect.source.TwinlogSourceConnector} lets a capture's records go through a Connect worker, {@link
 * io.twinlog.connect.sink.TwinlogSinkConnector} lets a worker bring an applier's records, and {@link
 * io.twinlog.connect.convert.XlogConverter} makes of the first what the daemon would have written. What a record is as
 * Connect data is decided in {@link io.twinlog.connect.data}.
 */
@NullMarked
package io.twinlog.connect;

import org.jspecify.annotations.NullMarked;
