/** What capture counts and measures while it works, for whoever watches it; names in docs/monitoring.md. */
@NullMarked
package io.twinlog.capture.metrics;

import org.jspecify.annotations.NullMarked;
