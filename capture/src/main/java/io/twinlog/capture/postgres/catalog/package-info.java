/**
 * What the source's catalog says: tables and their keys, the publication, the slot. Names and selections only; row shapes of
 * the stream come from the log.
 *
 * <p>{@link
 * io.twinlog.capture.postgres.catalog.SourceCatalog} describes tables, {@link
 * io.twinlog.capture.postgres.catalog.Publication} and {@link io.twinlog.capture.postgres.catalog.SlotFacts} are the two things
 * that we own at the source.
 */
@NullMarked
package io.twinlog.capture.postgres.catalog;

import org.jspecify.annotations.NullMarked;
