package io.twinlog.capture.mariadb.catalog;

/**
 * What was captured from another MySQL before this log was read: its transactions are passed over, in this epoch for ever, so that the
 * same log always yields the same numbers. Owned by the capturing thread.
 *
 * <p>Until all of it has passed, a transaction that is not captured is older, in this log, than some that are. If it comes from a source
 * whose transactions were captured up to a lower number, then this server has only committed it in another order, as a replica that works
 * in parallel may. Otherwise the former server did not have it at that place: somebody wrote to the replica before it was promoted.
 */
final class CapturedGtidSet {

    private final String replication;
    private final GtidSet captured;
    private final GtidSet awaited;

    /**
     * @param captured empty where this log was read from the beginning of the replication
     * @param passed those of them that are before the place where reading begins, or in no log
     */
    CapturedGtidSet(String replication, GtidSet captured, GtidSet passed) {
        this.replication = replication;
        this.captured = captured;
        this.awaited = captured.minus(passed);
    }

    boolean contains(String source, long number) {
        return captured.contains(source, number);
    }

    void passed(String source, long number) {
        awaited.remove(source, number);
    }

    /**
     * A transaction that is not captured changes captured tables.
     *
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if its place among the captured ones is unknown
     */
    void requirePlace(String source, long number) {
        if (!awaited.isEmpty() && !captured.isBefore(source, number)) {
            throw gap(source + ":" + number);
        }
    }

    /** The same, of one without a GTID. */
    void requireNamed() {
        if (!captured.isEmpty()) {
            throw gap("a transaction without GTID");
        }
    }

    private RuntimeException gap(String what) {
        return BinlogAnchor.gap(
                replication,
                "the source is another server than before, and its binlog has " + what
                        + ", which changes captured tables, before transactions that were captured"
                        + (awaited.isEmpty() ? "" : ", such as " + awaited)
                        + ". The former source did not have it there: somebody wrote to the replica before it was promoted"
                        + " (super_read_only prevents that)");
    }
}
