/**
 * {@link io.twinlog.connect.convert.XlogConverter}: the wire formats of docs/xlog-format.md behind Connect's converter interface.
 */
@NullMarked
package io.twinlog.connect.convert;

import org.jspecify.annotations.NullMarked;
