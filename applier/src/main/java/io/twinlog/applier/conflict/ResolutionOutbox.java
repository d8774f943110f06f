package io.twinlog.applier.conflict;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.RowSet;
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.conflict.ResolutionCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replay has decided and not yet published, kept in the target: written in the transaction that carries the decision out, removed
 * when the topics have it. So a replay that dies between the two leaves no outcome unknown: the next one publishes it. Everything
 * runs in the caller's transaction on the caller's connection, which this class never commits or closes; not thread-safe.
 */
public final class ResolutionOutbox {

    /** Name of its table, for those who look whether it exists. */
    public static final String TABLE = "outbox";

    private final Connection connection;
    private final String replication;

    public ResolutionOutbox(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /** Creates what is missing. */
    public static void create(Dialect dialect, Statement statement) throws SQLException {
        statement.execute(dialect.ddl("CREATE TABLE IF NOT EXISTS twinlog.outbox (id {identity}, replication"
                + " {replication} NOT NULL, conflict {bytes}, resolution {bytes} NOT NULL)"));
    }

    /**
     * One decision.
     *
     * @param number its place in the order of decisions
     * @param conflict what was found, or null if that is as published
     */
    public record Entry(long number, @Nullable ConflictRecord conflict, Resolution resolution) {}

    public void add(@Nullable ConflictRecord conflict, Resolution resolution) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO twinlog.outbox (replication, conflict, resolution) VALUES (?, ?, ?)")) {
            insert.setString(1, replication);
            insert.setBytes(2, conflict == null ? null : ConflictCodec.encode(conflict));
            insert.setBytes(3, ResolutionCodec.encode(resolution));
            insert.executeUpdate();
        }
    }

    /** Adds decisions on conflicts that are as published. */
    public void addAll(List<Resolution> resolutions) throws SQLException {
        Dialect.of(connection)
                .insert(
                        connection,
                        "twinlog.outbox",
                        replication,
                        new RowSet(resolutions.size())
                                .add("resolution", RowSet.Type.BYTES, resolutions, ResolutionCodec::encode));
    }

    /** The oldest entries, in order. */
    public List<Entry> read(int limit) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, conflict, resolution FROM twinlog.outbox WHERE replication = ? ORDER BY id LIMIT ?")) {
            select.setString(1, replication);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    byte[] conflict = row.getBytes(2);
                    entries.add(new Entry(
                            row.getLong(1),
                            conflict == null ? null : ConflictCodec.decode(conflict),
                            ResolutionCodec.decode(row.getBytes(3))));
                }
            }
        }
        return entries;
    }

    /** The last unpublished resolution of each conflict, by its id. */
    public Map<String, Resolution> resolutions() throws SQLException {
        Map<String, Resolution> last = new LinkedHashMap<>();
        for (Entry entry : read(Integer.MAX_VALUE)) {
            last.put(entry.resolution().id(), entry.resolution());
        }
        return last;
    }

    /** Removes what is published. */
    public void remove(List<Entry> published) throws SQLException {
        Dialect.of(connection)
                .delete(
                        connection,
                        "twinlog.outbox",
                        replication,
                        new RowSet(published.size()).add("id", RowSet.Type.BIGINT, published, Entry::number));
    }
}
