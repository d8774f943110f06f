/**
 * The source connector: {@link io.twinlog.connect.source.TwinlogSourceTask} runs a capture, whose records {@link
 * io.twinlog.connect.source.ConnectOutlet} hands to the worker.
 */
@NullMarked
package io.twinlog.connect.source;

import org.jspecify.annotations.NullMarked;
