/** The contract between capture and applier: xlog events, keys, positions, wire formats and topic names. */
@NullMarked
package io.twinlog.schemas;

import org.jspecify.annotations.NullMarked;
