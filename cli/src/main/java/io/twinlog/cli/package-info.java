/** The twinlog command: reads the configuration, wires capture and applier, forwards signals. */
@NullMarked
package io.twinlog.cli;

import org.jspecify.annotations.NullMarked;
