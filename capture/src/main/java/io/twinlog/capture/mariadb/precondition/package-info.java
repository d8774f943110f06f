/**
 * What must hold at a MariaDB source: {@link io.twinlog.capture.mariadb.precondition.MariadbPreconditions} looks at everything at once
 * and changes nothing; {@link io.twinlog.capture.mariadb.precondition.MariadbLease} keeps a second capture out.
 */
@NullMarked
package io.twinlog.capture.mariadb.precondition;

import org.jspecify.annotations.NullMarked;
