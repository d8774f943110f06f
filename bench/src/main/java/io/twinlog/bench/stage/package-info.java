/**
 * JMH benchmarks of single stages: pgoutput messages to events, events to order, net changes and statements. One operation is one
 * row change. {@code bench/stages} runs them.
 *
 * <p>All stages work on the same records: {@link io.twinlog.bench.stage.SourceLog} has the messages of a walsender, {@link
 * io.twinlog.bench.stage.CapturedLog} what capture makes of them.
 */
@NullMarked
package io.twinlog.bench.stage;

import org.jspecify.annotations.NullMarked;
