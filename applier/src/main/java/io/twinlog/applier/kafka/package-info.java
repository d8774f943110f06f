/** Clients of Kafka with the settings that the applier's promises need, and the topics that it creates. */
@NullMarked
package io.twinlog.applier.kafka;

import org.jspecify.annotations.NullMarked;
