/** Preconditions: what {@code doctor} shows and what every start verifies. */
@NullMarked
package io.twinlog.schemas.check;

import org.jspecify.annotations.NullMarked;
