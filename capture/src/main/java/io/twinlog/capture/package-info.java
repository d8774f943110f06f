/** From the redo log to the xlog topics: every committed transaction of the source, once, in commit order. */
@NullMarked
package io.twinlog.capture;

import org.jspecify.annotations.NullMarked;
