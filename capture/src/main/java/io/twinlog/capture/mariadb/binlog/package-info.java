/**
 * The binlog as bytes: a connection that receives events, and what the events say that are not row images.
 *
 * <p>{@link io.twinlog.capture.mariadb.binlog.BinlogConnection} lets the library connect, authenticate and ask for the log; {@link
 * io.twinlog.capture.mariadb.binlog.PacketInput} joins packets, {@link io.twinlog.capture.mariadb.binlog.EventReader} makes {@link
 * io.twinlog.capture.mariadb.binlog.LogEvent}s with their raw bytes of them, also of those that are packed in one; {@link
 * io.twinlog.capture.mariadb.binlog.TableMap}
 * describes the table of the rows that follow, {@link io.twinlog.capture.mariadb.binlog.RowsEvent} finds their columns, {@link
 * io.twinlog.capture.mariadb.binlog.GtidEvent} and {@link io.twinlog.capture.mariadb.binlog.QueryEvent} read the others. Bytes in,
 * records out: no database and no clock. Source: MariaDB manual, "Binary Log Event Format"; MySQL internals, "Rows_event",
 * "Table_map_event".
 */
@NullMarked
package io.twinlog.capture.mariadb.binlog;

import org.jspecify.annotations.NullMarked;
