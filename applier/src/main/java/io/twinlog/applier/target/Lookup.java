package io.twinlog.applier.target;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A query for rows of the target. Of each it gives one boolean per compared column, whether it holds what is expected, then every shown
 * column as {@link ShownText}.
 */
public interface Lookup {

    /** Columns that are compared. */
    List<Integer> compared();

    /** Columns that are shown. */
    List<Integer> shown();

    /** Runs it and gives the rows that there are. */
    void run(TargetSession session, Reader reader) throws SQLException;

    /** Takes the rows. */
    @FunctionalInterface
    interface Reader {

        /**
         * A row that was found.
         *
         * @param change by the index of which change
         * @param row stands on the row
         * @param from index of its first result
         */
        void row(int change, ResultSet row, int from) throws SQLException;
    }
}
