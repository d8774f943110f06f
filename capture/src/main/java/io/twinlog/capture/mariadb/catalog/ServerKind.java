package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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

    /** The server's own name for itself, such as {@code server_id 2}. */
    String name(BinlogFiles files) throws SQLException;

    /**
     * Whether the server behind the address is another one than that whose log was read.
     *
     * @param systemId that one's, as {@link #facts} tells it
     */
    boolean isOther(BinlogFiles files, String systemId) throws SQLException;

    /** Which fact tells all GTIDs before {@link BinlogAnchor#AT}. */
    String gtidsFact();

    /**
     * Where another server's log is entered.
     *
     * @param captured the GTIDs that were captured, as the control log tells them
     * @param position in the new server's log, from where reading passes over what is captured
     */
    record Entrance(String captured, String position) {}

    /**
     * Finds the place in another server's log from which on there is what was not captured.
     *
     * @param captured GTIDs, and sets of them, that are captured
     * @throws io.twinlog.schemas.failure.TwinlogException GAP naming what the server lacks; OUTAGE while it may still get it
     */
    Entrance enter(String replication, BinlogFiles files, List<String> captured) throws SQLException;

    /** What is remembered of the log when an epoch begins at a position of it. */
    Map<String, String> facts(BinlogFiles files, String position, BinlogAccess access)
            throws SQLException, IOException, InterruptedException;

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
            Map<String, String> facts,
            BinlogAccess access)
            throws SQLException, IOException, InterruptedException;
}
