/** Servers for the tests: PostgreSQL, Kafka, a registry, and a Connect worker with the packaged plugins. */
@org.jspecify.annotations.NullMarked
package io.twinlog.connect.bed;
