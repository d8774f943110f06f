/**
 * Existing rows of PostgreSQL: {@link io.twinlog.capture.postgres.snapshot.PostgresRows} reads chunks with COPY inside an exported
 * snapshot, {@link io.twinlog.capture.postgres.snapshot.CopyRow} unescapes a line in place.
 */
@NullMarked
package io.twinlog.capture.postgres.snapshot;

import org.jspecify.annotations.NullMarked;
