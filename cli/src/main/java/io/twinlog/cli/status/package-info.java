/**
 * Where a replication stands, also while parts of it are down.
 *
 * <p>Four independent witnesses are asked: the members' own words on the status topic, the slot at the source, the control log,
 * and the progress row at the target. {@link io.twinlog.cli.status.KafkaView} asks Kafka, {@link
 * io.twinlog.cli.status.StatusCollector} asks all and makes a {@link io.twinlog.cli.status.StatusReport}, {@link
 * io.twinlog.cli.status.StatusText} prints it. A witness that cannot be reached is a fact of the report, not a failure.
 *
 * <p>The report's components are the documented JSON of {@code status --json} (docs/operations.md): names may be added, none
 * may change.
 */
@NullMarked
package io.twinlog.cli.status;

import org.jspecify.annotations.NullMarked;
