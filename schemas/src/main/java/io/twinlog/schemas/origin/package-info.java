/**
 * By what a log tells that a transaction was written by an applier, and not made there: {@link
 * io.twinlog.schemas.origin.OriginMark}.
 */
@NullMarked
package io.twinlog.schemas.origin;

import org.jspecify.annotations.NullMarked;
