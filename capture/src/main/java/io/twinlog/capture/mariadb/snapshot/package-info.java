/** Existing rows of MariaDB: {@link io.twinlog.capture.mariadb.snapshot.MariadbRows} reads chunks inside one consistent snapshot. */
@NullMarked
package io.twinlog.capture.mariadb.snapshot;

import org.jspecify.annotations.NullMarked;
