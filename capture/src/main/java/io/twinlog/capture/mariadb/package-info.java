/** Everything that knows MariaDB: its binlog, its catalog, its values. */
@NullMarked
package io.twinlog.capture.mariadb;

import org.jspecify.annotations.NullMarked;
