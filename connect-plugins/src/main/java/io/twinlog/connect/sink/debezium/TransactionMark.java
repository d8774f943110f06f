package io.twinlog.connect.sink.debezium;

import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * What Debezium calls the id of a transaction, {@code 571:53195829}: the source's number of the transaction, and the place in the
 * source's log of the record that carries it: of a change, or, in an END, of the commit. Immutable.
 *
 * @param lsn 0 where Debezium does not tell
 */
record TransactionMark(String txId, long lsn) {

    static TransactionMark of(Struct block) {
        String id = block.getString("id");
        if (id == null) {
            throw new DataException("Its transaction has no id");
        }
        int colon = id.indexOf(':');
        try {
            return colon < 0
                    ? new TransactionMark(id, 0)
                    : new TransactionMark(id.substring(0, colon), Long.parseLong(id.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new DataException("The id of its transaction is no id of a PostgreSQL connector: " + id, e);
        }
    }
}
