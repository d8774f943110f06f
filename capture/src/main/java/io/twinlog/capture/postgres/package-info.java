/** Everything that knows PostgreSQL: its protocol, its log, its catalog, its values. */
@NullMarked
package io.twinlog.capture.postgres;

import org.jspecify.annotations.NullMarked;
