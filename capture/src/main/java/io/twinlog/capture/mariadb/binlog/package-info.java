/**
 * The binlog as bytes: a connection that receives events, and what the events say that are not row images.
 *
 * <p>{@link io.twinlog.capture.mariadb.binlog.BinlogConnection} lets the library connect, authenticate and frame packets, and hands
 * out {@link io.twinlog.capture.mariadb.binlog.LogEvent}s with their raw bytes; {@link io.twinlog.capture.mariadb.binlog.TableMap}
 * describes the table of the rows that follow, {@link io.twinlog.capture.mariadb.binlog.RowsEvent} finds their columns, {@link
 * io.twinlog.capture.mariadb.binlog.GtidEvent} and {@link io.twinlog.capture.mariadb.binlog.QueryEvent} read the others. Bytes in,
 * records out: no database and no clock. Source: MariaDB manual, "Binary Log Event Format"; MySQL internals, "Rows_event",
 * "Table_map_event".
 */
@NullMarked
package io.twinlog.capture.mariadb.binlog;

import org.jspecify.annotations.NullMarked;
