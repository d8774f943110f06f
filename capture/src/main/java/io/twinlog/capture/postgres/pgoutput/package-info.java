/**
 * pgoutput, PostgreSQL's logical replication messages, protocol version 1 in text mode: bytes in, calls on a visitor out.
 *
 * <p>{@link io.twinlog.capture.postgres.pgoutput.PgOutputDecoder} dispatches on the message's first byte and calls a {@link
 * io.twinlog.capture.postgres.pgoutput.ChangeVisitor}; rows are handed over as {@link
 * io.twinlog.capture.row.Tuple}, slices of the receive buffer that live until the call returns. No database, no
 * clock, no object per column. Source: PostgreSQL manual, "Logical Replication Message Formats".
 */
@NullMarked
package io.twinlog.capture.postgres.pgoutput;

import org.jspecify.annotations.NullMarked;
