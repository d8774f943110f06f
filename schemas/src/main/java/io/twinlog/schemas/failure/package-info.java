/** Failures that stop or pause a part of Twinlog, with the category that decides the reaction. */
@NullMarked
package io.twinlog.schemas.failure;

import org.jspecify.annotations.NullMarked;
