package io.twinlog.capture.mariadb.changes;

/**
 * A binlog file ends inside a transaction of which events were sent: the source died while it wrote. The transaction was never
 * committed there; a new epoch makes what was sent of it void.
 */
public final class BrokenTransactionException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long next;

    /** @param next where the log goes on */
    BrokenTransactionException(long next) {
        super("The source died while it wrote a transaction to its binlog");
        this.next = next;
    }

    public long next() {
        return next;
    }
}
