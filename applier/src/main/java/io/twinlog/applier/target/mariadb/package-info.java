/**
 * A MariaDB server as target.
 *
 * <p>Reading order: {@link io.twinlog.applier.target.mariadb.MariadbDatabase} (the way in), {@link
 * io.twinlog.applier.target.mariadb.MariadbSessions} (what every session sets), {@link io.twinlog.applier.target.mariadb.MariadbCatalog}
 * (what the target's tables are like), {@link io.twinlog.applier.target.mariadb.MariadbTypeFit} (whether they hold every value),
 * {@link io.twinlog.applier.target.mariadb.Value} (how values are sent and compared), {@link
 * io.twinlog.applier.target.mariadb.MariadbStatements} (guarded statements, one per row, sent as a batch that waits for no answer in
 * between). How a batch is executed is told in {@code applier.target}.
 */
@NullMarked
package io.twinlog.applier.target.mariadb;

import org.jspecify.annotations.NullMarked;
