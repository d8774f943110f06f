/**
 * Connections to the source, and the copy-both stream of a walsender read by our own framing.
 *
 * <p>{@link io.twinlog.capture.postgres.connection.SourceAddress} opens connections whose session settings make every value
 * print exactly; {@link io.twinlog.capture.postgres.connection.ReplicationConnection} lets pgjdbc connect, authenticate and
 * run the set-up commands, then takes the socket over; {@link io.twinlog.capture.postgres.connection.CopyStream} hands out
 * messages as slices of {@link io.twinlog.capture.postgres.connection.MessageFramer}'s buffer, in gulps while there is a
 * backlog ({@link io.twinlog.capture.postgres.connection.GulpPacer}); {@link
 * io.twinlog.capture.postgres.connection.Feedback} confirms from a thread of its own; {@link
 * io.twinlog.capture.postgres.connection.SourceWatch} tells a source that is gone from one that is silent. Source: PostgreSQL manual, "Frontend/Backend
 * Protocol", "Streaming Replication Protocol".
 */
@NullMarked
package io.twinlog.capture.postgres.connection;

import org.jspecify.annotations.NullMarked;
