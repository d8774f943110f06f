/**
 * The shape of a table, version by version, and the Avro schemas made from it.
 *
 * <p>{@link io.twinlog.schemas.table.TableShape} is what a source said about a table at a position;
 * {@link io.twinlog.schemas.table.TableSchemas} turns it into the Avro schemas of its key, row and envelope and reads it
 * back from them, so that a schema found on the schema topic is all a reader needs.
 */
@NullMarked
package io.twinlog.schemas.table;

import org.jspecify.annotations.NullMarked;
