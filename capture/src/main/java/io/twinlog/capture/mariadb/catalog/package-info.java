/**
 * What a MariaDB server says about itself: {@link io.twinlog.capture.mariadb.catalog.MariadbAddress} opens connections, {@link
 * io.twinlog.capture.mariadb.catalog.BinlogFiles} knows its binlog, {@link io.twinlog.capture.mariadb.catalog.MariadbCatalog} its
 * tables.
 */
@NullMarked
package io.twinlog.capture.mariadb.catalog;

import org.jspecify.annotations.NullMarked;
