/**
 * From the binlog's events to changes of table versions: {@link io.twinlog.capture.mariadb.changes.BinlogStream} follows transactions,
 * {@link io.twinlog.capture.mariadb.changes.LoggedTables} knows what TABLE_MAP events describe.
 */
@NullMarked
package io.twinlog.capture.mariadb.changes;

import org.jspecify.annotations.NullMarked;
