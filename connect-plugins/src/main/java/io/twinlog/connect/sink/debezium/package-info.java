/**
 * Reads topics that a Debezium PostgreSQL connector has written.
 *
 * <p>{@link io.twinlog.connect.sink.debezium.DebeziumTable} makes an xlog event of a change event, with the table's shape as its
 * Connect schemas tell it; {@link io.twinlog.connect.sink.debezium.DebeziumValue} decides column by column. {@link
 * io.twinlog.connect.sink.debezium.TransactionAssembler} puts the source's transactions together again.
 */
@NullMarked
package io.twinlog.connect.sink.debezium;

import org.jspecify.annotations.NullMarked;
