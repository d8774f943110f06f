package io.twinlog.capture.mariadb.catalog;

import io.twinlog.schemas.SourcePosition;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The server's binlog: its files and positions. Not thread-safe. */
public final class BinlogFiles {

    /** Where the events of a file begin. */
    static final long FIRST_OFFSET = 4;

    private final Connection connection;
    private final ServerKind kind;

    public BinlogFiles(Connection connection) throws SQLException {
        this.connection = connection;
        this.kind = ServerKind.of(connection);
    }

    public ServerKind kind() {
        return kind;
    }

    Connection connection() {
        return connection;
    }

    /** Its end as text, such as {@code binlog.000003:1234}. */
    public String end() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(kind.binlogStatus());
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                return row.getString(1) + ":" + row.getLong(2);
            }
        }
        throw new TwinlogException(
                Category.CONFIG, "The source writes no binlog. Set log_bin in its configuration and restart it.");
    }

    /** Databases that the server logs alone, or does not log; empty where it logs all. */
    public String filters() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(kind.binlogStatus());
                ResultSet row = statement.executeQuery()) {
            return row.next() ? (row.getString(3) + " " + row.getString(4)).strip() : "";
        }
    }

    /** The name of the files before their numbers. */
    public static String baseName(String position) {
        String file = fileOf(position);
        return file.substring(0, file.lastIndexOf('.'));
    }

    /** The file of a position. */
    public static String fileOf(String position) {
        return position.substring(0, position.lastIndexOf(':'));
    }

    /** Sizes of the files that exist, in bytes, by their numbers. */
    public TreeMap<Long, Long> sizes() throws SQLException {
        TreeMap<Long, Long> sizes = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SHOW BINARY LOGS");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                sizes.put(SourcePosition.numberOf(row.getString(1)), row.getLong(2));
            }
        }
        return sizes;
    }

    /** The last GTID of each domain before a position, or null where the server does not know that place. */
    public @Nullable Map<Long, String> gtids(String position) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT BINLOG_GTID_POS(?, ?)")) {
            statement.setString(1, fileOf(position));
            statement.setLong(2, SourcePosition.offset(SourcePosition.parse(position)));
            try (ResultSet row = statement.executeQuery()) {
                String list = row.next() ? row.getString(1) : null;
                return list == null ? null : parse(list);
            }
        }
    }

    /**
     * A variable of a MySQL that holds GTIDs: {@code gtid_executed}, all that it has; {@code gtid_purged}, those of them that are in no
     * file of its log.
     */
    GtidSet gtidSet(String variable) throws SQLException {
        return GtidSet.parse(String.valueOf(variable(variable)));
    }

    /** Reads {@code 0-1-5,1-2-7}. */
    public static Map<Long, String> parse(String list) {
        Map<Long, String> gtids = new TreeMap<>();
        for (String gtid : list.split(",", -1)) {
            if (!gtid.isBlank()) {
                String text = gtid.strip();
                gtids.put(Long.parseLong(text.substring(0, text.indexOf('-'))), text);
            }
        }
        return gtids;
    }

    /** A variable of the server, or null. */
    public @Nullable String variable(String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SHOW GLOBAL VARIABLES LIKE ?")) {
            statement.setString(1, name.replace("_", "\\_"));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(2) : null;
            }
        }
    }
}
