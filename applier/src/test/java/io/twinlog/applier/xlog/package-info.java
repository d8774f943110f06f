/** A small language for tests to write xlog topics with, or straight into a merger: no capture, no source. */
@NullMarked
package io.twinlog.applier.xlog;

import org.jspecify.annotations.NullMarked;
