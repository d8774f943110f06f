/**
 * Reads topics that a Debezium PostgreSQL connector has written.
 *
 * <p>{@link io.twinlog.connect.sink.debezium.DebeziumReader} puts the source's transactions together again ({@link
 * io.twinlog.connect.sink.debezium.Transactions}): the transaction topic says which there are and how many events each has of which
 * table, and none is given out before all of them have been read, from topics that may not be known yet. {@link
 * io.twinlog.connect.sink.debezium.Obstacle} says what is waited for, {@link io.twinlog.connect.sink.debezium.AppliedLog} what has come
 * before; {@link io.twinlog.connect.sink.debezium.GivenTransactions} numbers what is complete, {@link
 * io.twinlog.connect.sink.debezium.StoredPlaces} says where reading goes on.
 *
 * <p>{@link io.twinlog.connect.sink.debezium.DebeziumTable} makes an xlog event of a change event, with the table's shape as its
 * Connect schemas tell it; {@link io.twinlog.connect.sink.debezium.DebeziumValue} decides column by column.
 *
 * <p>Invariants kept here: 2 and 3. Debezium delivers at least once, and Kafka Connect learns of topics when it likes: what comes
 * again is dropped by its place in the source's log, what has not come is waited for.
 */
@NullMarked
package io.twinlog.connect.sink.debezium;

import org.jspecify.annotations.NullMarked;
