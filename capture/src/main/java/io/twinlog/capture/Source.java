package io.twinlog.capture;

import io.twinlog.capture.publish.Checkpoint;
import io.twinlog.capture.publish.Topics;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.TableId;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A kind of database that can be captured. Immutable; connecting is left to its methods. */
interface Source {

    /** The database that a URL leads to. */
    static Source of(CaptureConfig config) {
        return MariadbSource.understands(config.sourceUrl()) ? new MariadbSource(config) : new PostgresSource(config);
    }

    /**
     * What was found at the source.
     *
     * @param server checks of the server
     * @param tables checks of single tables
     * @param usable selected tables without problems
     */
    record Examined(List<Check> server, List<Check> tables, List<TableId> usable) {}

    /** Where it is and who we are there, without the password. */
    String address();

    /** Looks at everything at once; changes nothing. */
    Examined examine() throws SQLException;

    /** What mends a connection that failed so. */
    String remedy(SQLException failure);

    /** Whether the source holds something of the replication. */
    boolean hasTraces() throws SQLException;

    /**
     * Connects and takes the lease, which keeps every other capture of the replication out.
     *
     * @throws TwinlogException CONFIG naming the holder
     */
    Session connect(XlogSide xlog, StatusBoard board, BooleanSupplier stopped)
            throws SQLException, IOException, InterruptedException;

    /** Removes what the replication owns at the source. */
    void remove(StatusBoard board) throws SQLException;

    /** Begins a new epoch behind a gap that an operator accepted. */
    void acceptLoss(XlogSide xlog, StatusBoard board, String reason, String actor)
            throws SQLException, IOException, InterruptedException;

    /**
     * What a failure of the source means.
     *
     * @param streamedFrom position from which the source was asked to stream, or null if it was not
     */
    TwinlogException classify(SQLException failure, @Nullable String streamedFrom);

    /** One life between two failures, holding the lease. Owned by the capturing thread. */
    interface Session extends AutoCloseable {

        /**
         * Proves that the source goes on where we stopped, reads what is left of the initial sync, and streams.
         *
         * @param findings of the examination at the first session, else null
         * @return true when nothing is left to do, false when it was stopped
         */
        boolean run(Topics topics, Checkpoint checkpoint, Preconditions.@Nullable Findings findings)
                throws SQLException, IOException, InterruptedException;

        /** Position from which the source was asked to stream, or null. */
        @Nullable
        String streamedFrom();

        @Override
        void close() throws SQLException;
    }
}
