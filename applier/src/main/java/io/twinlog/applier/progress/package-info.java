/**
 * What the target knows about itself: the progress row, the offsets beside it, the audit.
 *
 * <p>{@link io.twinlog.applier.progress.ProgressStore} holds the SQL of schema {@code twinlog}; the running applier uses it on
 * its own connection, so that progress commits with the rows (invariant 5); {@link
 * io.twinlog.applier.progress.ProgressView} reads the same for {@code status} and {@code wait}.
 */
@NullMarked
package io.twinlog.applier.progress;

import org.jspecify.annotations.NullMarked;
