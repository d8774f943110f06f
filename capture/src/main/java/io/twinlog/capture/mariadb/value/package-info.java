/**
 * Values of MariaDB: what the binlog and a snapshot hold, as the text that {@link io.twinlog.capture.row.RowEncoder} takes.
 *
 * <p>{@link io.twinlog.capture.mariadb.value.MariadbType} decides how a type travels; {@link
 * io.twinlog.capture.mariadb.value.RowDecoder} reads the rows of the binlog, {@link
 * io.twinlog.capture.mariadb.value.SelectedColumn} the values of a snapshot, so that both yield the same text (invariant 6). {@link
 * io.twinlog.capture.mariadb.value.CharacterSets} holds the server's own tables of characters. The list per type is
 * docs/types-mariadb.md.
 */
@NullMarked
package io.twinlog.capture.mariadb.value;

import org.jspecify.annotations.NullMarked;
