package io.twinlog.capture.postgres.connection;

import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a walsender: set-up commands through pgjdbc, then the stream on the bare socket. Owned by one thread; {@link
 * #close} from any.
 */
public final class ReplicationConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationConnection.class);
    private static final int VERSION_WITH_ORIGIN_OPTION = 16;

    private final Connection connection;
    private final SourceAddress address;
    private final SourceWatch.Patience patience;
    private final String name;
    private @Nullable SourceWatch watch;
    private @Nullable CopyStream stream;

    private ReplicationConnection(
            Connection connection, SourceAddress address, SourceWatch.Patience patience, String name) {
        this.connection = connection;
        this.address = address;
        this.patience = patience;
        this.name = name;
    }

    /** @param name prefix for names of threads */
    public static ReplicationConnection open(SourceAddress address, String name) throws SQLException {
        return open(address, address, SourceWatch.Patience.USUAL, name);
    }

    /** @param watched where a silent source is looked for */
    static ReplicationConnection open(
            SourceAddress address, SourceAddress watched, SourceWatch.Patience patience, String name)
            throws SQLException {
        return new ReplicationConnection(address.openReplication(), watched, patience, name);
    }

    /** For SQL on this very connection; not while streaming. */
    public Connection sql() {
        return connection;
    }

    /** Who the source is. */
    public SystemIdentity identify() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            return new SystemIdentity(
                    row.getString("systemid"),
                    row.getInt("timeline"),
                    Lsn.parse(row.getString("xlogpos")),
                    row.getString("dbname"));
        }
    }

    /** The history of a timeline other than the first. */
    public TimelineHistory timelineHistory(int timeline) throws SQLException {
        if (timeline == 1) {
            return TimelineHistory.parse("");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return TimelineHistory.parse(row.getString(2));
        }
    }

    /**
     * Creates a slot; its snapshot lives until the next command on this connection.
     *
     * @param snapshot whether to export a snapshot
     */
    public CreatedSlot createSlot(String slot, boolean temporary, boolean snapshot) throws SQLException {
        String command = "CREATE_REPLICATION_SLOT " + slot + (temporary ? " TEMPORARY" : "") + " LOGICAL pgoutput "
                + (snapshot ? "EXPORT_SNAPSHOT" : "NOEXPORT_SNAPSHOT");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(command)) {
            row.next();
            return new CreatedSlot(Lsn.parse(row.getString("consistent_point")), row.getString("snapshot_name"));
        }
    }

    public void dropSlot(String slot) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP_REPLICATION_SLOT " + slot);
        }
    }

    /**
     * Starts streaming. No SQL is possible on this connection from here on.
     *
     * @param position where to begin: transactions whose commit record starts there or later are sent
     * @param majorVersion of the server
     * @param idleMillis how long {@link CopyStream#next} waits for a message
     */
    public CopyStream stream(String slot, String publication, long position, int majorVersion, int idleMillis)
            throws SQLException, IOException {
        String command = "START_REPLICATION SLOT " + slot + " LOGICAL " + Lsn.format(position)
                + " (proto_version '1', publication_names '\"" + publication + "\"', messages 'true'"
                + (majorVersion >= VERSION_WITH_ORIGIN_OPTION ? ", origin 'any'" : "") + ")";
        SourceWatch watching = new SourceWatch(address, slot, serverProcess(), patience, name + "-watch");
        watch = watching;
        CopyStream started = CopyStream.start(socket(), command, position, watching, name, idleMillis);
        stream = started;
        return started;
    }

    /** As the server itself numbers it: what the driver was told may be a pooler's number. */
    private int serverProcess() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** The one place that reaches into pgjdbc: its socket, behind authentication and TLS. */
    private Socket socket() throws SQLException {
        try {
            Field field = QueryExecutorBase.class.getDeclaredField("pgStream");
            field.setAccessible(true);
            Object executor = connection.unwrap(PgConnection.class).getQueryExecutor();
            PGStream pgStream = (PGStream) field.get(executor);
            if (pgStream == null) {
                throw new SQLException("The connection is closed", "08003");
            }
            return pgStream.getSocket();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new TwinlogException(
                    Category.BUG,
                    "This version of pgjdbc keeps its socket elsewhere than QueryExecutorBase.pgStream; use the version that"
                            + " Twinlog was built with",
                    e);
        }
    }

    @Override
    public void close() {
        SourceWatch watching = watch;
        if (watching != null) {
            watching.close();
        }
        CopyStream started = stream;
        if (started != null) {
            started.close();
        }
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("The connection was gone already", e);
        }
    }

    /**
     * What IDENTIFY_SYSTEM says.
     *
     * @param walEnd up to where the log is flushed
     */
    public record SystemIdentity(
            String systemId,
            int timeline,
            long walEnd,
            @Nullable String database) {}

    /**
     * A new slot.
     *
     * @param consistentPoint transactions that commit from there on are sent; the snapshot holds those before
     * @param snapshot name of the exported snapshot, or null
     */
    public record CreatedSlot(
            long consistentPoint, @Nullable String snapshot) {}
}
