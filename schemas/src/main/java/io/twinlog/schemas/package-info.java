/**
 * The contract between capture and applier: what stands on the xlog topics, byte for byte.
 *
 * <p>Reading order: {@link io.twinlog.schemas.EventId} (how events are numbered), {@code table} (the shape of a table and
 * its Avro schemas), {@code wire} (bytes), {@code event} (data records), {@code control} (the control log), {@code topic}
 * (names), {@code registry} (where schemas are found), {@code conflict} (dead letters). This module knows no database and
 * no other module; docs/xlog-format.md specifies the same contract for readers in other languages.
 */
@NullMarked
package io.twinlog.schemas;

import org.jspecify.annotations.NullMarked;
