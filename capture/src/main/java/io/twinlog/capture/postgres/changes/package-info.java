/**
 * From pgoutput's messages to changes of table versions: {@link io.twinlog.capture.postgres.changes.RelationChanges} passes them
 * on, {@link io.twinlog.capture.postgres.changes.Relations} knows the version that a Relation message described last, {@link
 * io.twinlog.capture.postgres.changes.KeyColumns} finds the key where the log does not say it.
 */
@NullMarked
package io.twinlog.capture.postgres.changes;

import org.jspecify.annotations.NullMarked;
