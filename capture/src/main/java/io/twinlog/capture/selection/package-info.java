/** Which tables a replication captures: {@link io.twinlog.capture.selection.TablePatterns}. */
@NullMarked
package io.twinlog.capture.selection;

import org.jspecify.annotations.NullMarked;
