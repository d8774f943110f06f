/**
 * Capture and applier as parts of this process: made from the configuration, checked, run in a thread each, stopped in order.
 *
 * <p>Configuration -&gt; {@link io.twinlog.cli.run.Parts} -&gt; {@link io.twinlog.cli.run.Preconditions} (every check of every
 * part, one report) -&gt; {@link io.twinlog.cli.run.Replication} (threads, the first failure stops all) -&gt; exit code.
 */
@NullMarked
package io.twinlog.cli.run;

import org.jspecify.annotations.NullMarked;
