/**
 * What the databases that can be targets say differently: {@link io.twinlog.applier.dialect.Dialect} for the tables of our own, {@link
 * io.twinlog.applier.dialect.SqlFailure} for what their errors mean. What happens to the tables of others is not here but in {@code
 * applier.target}.
 */
@NullMarked
package io.twinlog.applier.dialect;

import org.jspecify.annotations.NullMarked;
