/**
 * Where schemas are found: the compacted schema topic of a replication, fingerprint to schema text, or a schema registry
 * that speaks Confluent's REST interface.
 *
 * <p>A record's header names its schema ({@link io.twinlog.schemas.registry.SchemaId}); {@link
 * io.twinlog.schemas.registry.Schemas} asks the right one of the two, {@link io.twinlog.schemas.registry.RegistryClient}
 * is the registry, described by {@link io.twinlog.schemas.registry.RegistryAddress}.
 *
 * <p>Capture publishes a schema with {@link io.twinlog.schemas.registry.SchemaTopicWriter} and waits for it to be stored
 * before the first record that uses it; readers look fingerprints up with {@link
 * io.twinlog.schemas.registry.SchemaTopicReader}.
 */
@NullMarked
package io.twinlog.schemas.registry;

import org.jspecify.annotations.NullMarked;
