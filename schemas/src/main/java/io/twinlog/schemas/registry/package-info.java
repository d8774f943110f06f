/**
 * Where schemas are found: the compacted schema topic of a replication, fingerprint to schema text.
 *
 * <p>Capture publishes a schema with {@link io.twinlog.schemas.registry.SchemaTopicWriter} and waits for it to be stored
 * before the first record that uses it; readers look fingerprints up with {@link
 * io.twinlog.schemas.registry.SchemaTopicReader}.
 */
@NullMarked
package io.twinlog.schemas.registry;

import org.jspecify.annotations.NullMarked;
