/** Dead letters: what the conflict topic holds about an event that was not applied. */
@NullMarked
package io.twinlog.schemas.conflict;

import org.jspecify.annotations.NullMarked;
