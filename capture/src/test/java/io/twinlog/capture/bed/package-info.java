/** What the tests of capture stand on: servers, a running capture, and a reader that puts the topics back into order. */
@NullMarked
package io.twinlog.capture.bed;

import org.jspecify.annotations.NullMarked;
