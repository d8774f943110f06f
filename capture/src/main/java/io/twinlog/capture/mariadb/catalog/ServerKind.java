package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** What differs between the servers that write a binlog. Stateless. */
public interface ServerKind {

    /** Of the server at the other end; asks it nothing. */
    static ServerKind of(Connection connection) throws SQLException {
        String version = connection.getMetaData().getDatabaseProductVersion();
        return version.contains("MariaDB") ? new MariadbServer() : new MysqlServer(version);
    }

    /** Its name for people. */
    String product();

    /** Whose names of types its columns have: a constant of {@link io.twinlog.schemas.table.TableShape}. */
    String connector();

    /** The statement that makes values print exactly, whatever the server's configuration. */
    String session();

    /** The statement that tells where the binlog ends: file, offset, and which databases are logged or not. */
    String binlogStatus();

    /** An expression that prints all digits of one of type DOUBLE, as text. */
    String exactNumber(String expression);

    /** Whether the log counts geometries among the columns with characters. */
    boolean geometryHasCollation();

    /**
     * Begins a consistent snapshot in this connection.
     *
     * @return its place in the binlog: every transaction before it is in the snapshot, none behind it
     */
    String beginSnapshot(Connection connection) throws SQLException;

    /** What is remembered of the log when an epoch begins at a position of it. */
    Map<String, String> facts(BinlogFiles files, String position) throws SQLException;

    /**
     * Proves that the source's log goes on exactly where we stopped (invariant 2).
     *
     * @param resume position to continue from
     * @param facts what the control log remembers
     * @throws io.twinlog.schemas.failure.TwinlogException GAP naming both positions
     */
    void check(String replication, BinlogFiles files, String resume, Map<String, String> facts) throws SQLException;

    /**
     * By what the log is known from here on.
     *
     * @param position where reading begins
     * @param facts what the control log remembers
     * @throws io.twinlog.schemas.failure.TwinlogException GAP if the log has no such place
     */
    LogIdentity identity(
            String replication,
            SourcePosition.Format format,
            BinlogFiles files,
            String position,
            Map<String, String> facts)
            throws SQLException;
}
