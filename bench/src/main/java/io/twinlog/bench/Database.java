package io.twinlog.bench;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A kind of database: its servers, and the statements that make the workloads there. One thread. */
interface Database {

    /** Starts a server. @param number distinct among the servers of a run */
    EmbeddedServer server(int number);

    /** What can be done there. */
    List<Workload> workloads();

    /** The database's own replication. */
    Replication ownReplication(EmbeddedServer source, EmbeddedServer target);

    /** How Twinlog's configuration calls a table's schema. */
    String schema(String database);

    /** Creates the tables of a workload and their first rows; the same rows on every server. */
    void create(Connection server, Workload workload, Shape shape) throws SQLException;

    /** Makes the target another one than the source expects, where the workload wants that. */
    void deviate(Connection target, Workload workload) throws SQLException;

    /**
     * Makes about {@code events} row changes, committed, as fast as the source can.
     *
     * @param first below the keys of inserted rows, so that a second call does not meet those of the first one
     */
    void change(Connection source, Workload workload, long first, long events, Shape shape) throws SQLException;

    /** Writes what the server has in memory, so that this is not part of what is measured next. */
    void settle(Connection server) throws SQLException;

    /** Query whose one text value is equal where all replicated rows are equal. */
    String digest(Workload workload, Shape shape);

    /** Query for the number of rows written to the connection's database or server so far. */
    String rowsWritten();

    Costs costs(EmbeddedServer server);

    /** What part of the server sends its log, as a column of the results. */
    String sender();

    /**
     * CPU seconds that a server has used so far; only differences mean something.
     *
     * @param sending of what sends the log to those that are connected now
     * @param others of all the rest
     */
    record Costs(double sending, double others) {

        double all() {
            return sending + others;
        }
    }
}
