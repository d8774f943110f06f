/**
 * The control log: one partition that orders all transactions of a replication and is capture's only checkpoint.
 *
 * <p>{@link io.twinlog.schemas.control.ControlRecord} is the one record type, {@link
 * io.twinlog.schemas.control.ControlCodec} its bytes.
 */
@NullMarked
package io.twinlog.schemas.control;

import org.jspecify.annotations.NullMarked;
