package io.twinlog.applier.replay;

import io.twinlog.applier.Failures;
import io.twinlog.applier.target.ReplayTarget;
import io.twinlog.schemas.failure.Category;
import java.sql.SQLException;

/**
 * Transactions of a replay, tried again where locks could not be had. Those of a dry run are left open, so that the next one sees what this one did.
 *
 * @param dryRun whether nothing is to stay
 */
record ReplayTransaction(ReplayTarget target, boolean dryRun) {

    static final int ATTEMPTS = 5;

    /** Work within a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    <T> T run(Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = work.run();
                if (!dryRun) {
                    target.commit();
                }
                return result;
            } catch (SQLException e) {
                target.rollback();
                if (dryRun || attempt == ATTEMPTS || Failures.classify(e).category() != Category.TRANSIENT) {
                    throw e;
                }
            } catch (RuntimeException e) {
                target.rollback();
                throw e;
            }
        }
    }

    /** Undoes what a dry run has left open. */
    void end() throws SQLException {
        if (dryRun) {
            target.rollback();
        }
    }
}
