/** From the xlog topics to the target: transaction by transaction, exactly once, conflicts parked. */
@NullMarked
package io.twinlog.applier;

import org.jspecify.annotations.NullMarked;
