/**
 * Types of PostgreSQL: {@link io.twinlog.capture.postgres.value.TypeNames} names them, {@link
 * io.twinlog.capture.postgres.value.ColumnTypes} decides how one travels, {@link
 * io.twinlog.capture.postgres.value.RelationShape} describes a table. The list per type is docs/types-postgresql.md.
 */
@NullMarked
package io.twinlog.capture.postgres.value;

import org.jspecify.annotations.NullMarked;
