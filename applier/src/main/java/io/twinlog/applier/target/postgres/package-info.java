/**
 * A PostgreSQL database as target.
 *
 * <p>Reading order: {@link io.twinlog.applier.target.postgres.PostgresDatabase} (the way in), {@link
 * io.twinlog.applier.target.postgres.Catalog} (what the target's tables are like), {@link
 * io.twinlog.applier.target.postgres.TableFit} (whether they have a place for every value), {@link
 * io.twinlog.applier.target.postgres.PostgresStatements} (guarded set-based statements over binary arrays, COPY). Everything here
 * relies on PostgreSQL's own semantics; how a batch is executed is told in {@code applier.target}.
 */
@NullMarked
package io.twinlog.applier.target.postgres;

import org.jspecify.annotations.NullMarked;
