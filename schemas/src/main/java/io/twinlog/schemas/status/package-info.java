/** Who is in which state: what members publish about themselves on the compacted status topic. */
@NullMarked
package io.twinlog.schemas.status;

import org.jspecify.annotations.NullMarked;
