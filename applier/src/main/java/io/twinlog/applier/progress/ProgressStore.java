package io.twinlog.applier.progress;

import io.twinlog.applier.conflict.ResolutionOutbox;
import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.RowSet;
import io.twinlog.applier.held.HeldStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The tables of schema {@code twinlog} in the target. Uses, and never closes, the given connection; not thread-safe. */
public final class ProgressStore {

    private static final String COLUMNS =
            "epoch, seq, position, commit_time, system_id, \"database\", heartbeat_position,"
                    + " heartbeat_time, syncing, updated_at";

    private static final List<String> OLDEST_TABLES = List.of("progress", "offsets", "audit");

    private final Connection connection;
    private final String replication;

    public ProgressStore(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /**
     * The names of a replication's rows: its own, or, where each partition has a progress of its own, those that begin with it and
     * a slash.
     */
    public static List<String> names(Connection connection, String replication) throws SQLException {
        if (Dialect.of(connection).count(connection, List.of("progress")) == 0) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT replication FROM twinlog.progress WHERE"
                + " replication = ? OR left(replication, ?) = ? ORDER BY 1")) {
            select.setString(1, replication);
            select.setInt(2, replication.length() + 1);
            select.setString(3, replication + "/");
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
        }
        return names;
    }

    /** Creates schema, tables and the replication's row as far as they are missing, and commits. */
    public void create() throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            Dialect dialect = Dialect.of(connection);
            if (!exists() || !keepsConflicts()) {
                dialect.lockCreation(statement);
                statement.execute("CREATE SCHEMA IF NOT EXISTS twinlog");
                statement.execute(dialect.ddl("CREATE TABLE IF NOT EXISTS twinlog.progress (replication {replication}"
                        + " PRIMARY KEY, epoch bigint NOT NULL, seq bigint NOT NULL, position {text}, commit_time {time},"
                        + " system_id {text}, \"database\" {text}, heartbeat_position {text}, heartbeat_time {time},"
                        + " syncing boolean NOT NULL DEFAULT false, updated_at {time} NOT NULL) {storage}"));
                statement.execute(
                        dialect.ddl("CREATE TABLE IF NOT EXISTS twinlog.offsets (replication {replication}, topic"
                                + " {topic}, \"partition\" integer, topic_id {name} NOT NULL, next_offset bigint NOT NULL,"
                                + " PRIMARY KEY (replication, topic, \"partition\")) {storage}"));
                statement.execute(
                        dialect.ddl("CREATE TABLE IF NOT EXISTS twinlog.audit (id {identity}, at {time} NOT NULL"
                                + " DEFAULT {now}, replication {replication} NOT NULL, actor {text} NOT NULL, action {text} NOT NULL,"
                                + " reason {text} NOT NULL, details {text})"));
                HeldStore.create(dialect, statement);
                ResolutionOutbox.create(dialect, statement);
                dialect.unlockCreation(statement);
            }
            try (PreparedStatement insert = connection.prepareStatement(dialect.insertIfAbsent(
                    "twinlog.progress", "replication, epoch, seq, updated_at", "?, 0, 0, CURRENT_TIMESTAMP(6)"))) {
                insert.setString(1, replication);
                insert.executeUpdate();
            }
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    /** Whether the tables exist. */
    public boolean exists() throws SQLException {
        return has(OLDEST_TABLES);
    }

    /** Whether the tables of held keys and of decisions exist. */
    public boolean keepsConflicts() throws SQLException {
        return has(HeldStore.TABLES) && has(List.of(ResolutionOutbox.TABLE));
    }

    private boolean has(List<String> tables) throws SQLException {
        return Dialect.of(connection).count(connection, tables) == tables.size();
    }

    /** The progress row, or null if there is none. */
    public @Nullable StoredProgress read() throws SQLException {
        if (!exists()) {
            return null;
        }
        Dialect dialect = Dialect.of(connection);
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM twinlog.progress WHERE replication = ?")) {
            select.setString(1, replication);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                return new StoredProgress(
                        row.getLong(1),
                        row.getLong(2),
                        row.getString(3),
                        dialect.instant(row, 4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        dialect.instant(row, 8),
                        row.getBoolean(9),
                        Objects.requireNonNull(dialect.instant(row, 10)));
            }
        }
    }

    /** Keeps the progress where it is until the end of the transaction: an applier cannot commit meanwhile. */
    public void lock() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM twinlog.progress WHERE replication = ? FOR UPDATE")) {
            select.setString(1, replication);
            select.executeQuery().close();
        }
    }

    /** Stored offsets by partition. */
    public Map<TopicPartition, StoredOffset> readOffsets() throws SQLException {
        Map<TopicPartition, StoredOffset> offsets = new LinkedHashMap<>();
        if (!exists()) {
            return offsets;
        }
        try (PreparedStatement select =
                connection.prepareStatement("SELECT topic, \"partition\", topic_id, next_offset FROM"
                        + " twinlog.offsets WHERE replication = ? ORDER BY topic, \"partition\"")) {
            select.setString(1, replication);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    offsets.put(
                            new TopicPartition(row.getString(1), row.getInt(2)),
                            new StoredOffset(row.getString(3), row.getLong(4)));
                }
            }
        }
        return offsets;
    }

    /** Writes offsets within the present transaction. */
    public void writeOffsets(Map<TopicPartition, StoredOffset> offsets) throws SQLException {
        if (offsets.isEmpty()) {
            return;
        }
        List<Map.Entry<TopicPartition, StoredOffset>> entries = List.copyOf(offsets.entrySet());
        RowSet rows = new RowSet(entries.size())
                .add("topic", RowSet.Type.TEXT, entries, entry -> entry.getKey().topic())
                .add(
                        "\"partition\"",
                        RowSet.Type.INTEGER,
                        entries,
                        entry -> entry.getKey().partition())
                .add(
                        "topic_id",
                        RowSet.Type.TEXT,
                        entries,
                        entry -> entry.getValue().topicId())
                .add(
                        "next_offset",
                        RowSet.Type.BIGINT,
                        entries,
                        entry -> entry.getValue().nextOffset());
        Dialect.of(connection)
                .upsert(connection, "twinlog.offsets", replication, rows, List.of("topic", "\"partition\""));
    }

    /** Sets the row within the present transaction, whatever it says so far. */
    public void jump(long epoch, long seq, @Nullable String position) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE twinlog.progress SET epoch = ?, seq = ?,"
                + " position = ?, updated_at = CURRENT_TIMESTAMP(6) WHERE replication = ?")) {
            update.setLong(1, epoch);
            update.setLong(2, seq);
            update.setString(3, position);
            update.setString(4, replication);
            update.executeUpdate();
        }
    }

    /** Forgets all offsets within the present transaction. */
    public void deleteOffsets() throws SQLException {
        delete("twinlog.offsets");
    }

    /** Records who did what and why, within the present transaction. */
    public void audit(String actor, String action, String reason, @Nullable String details) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO twinlog.audit (replication, actor, action, reason, details) VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, replication);
            insert.setString(2, actor);
            insert.setString(3, action);
            insert.setString(4, reason);
            insert.setString(5, details);
            insert.executeUpdate();
        }
    }

    /** Removes the replication's rows, and the schema when no replication is left, within the present transaction. */
    public void drop() throws SQLException {
        if (!exists()) {
            return;
        }
        delete("twinlog.offsets");
        delete("twinlog.progress");
        delete("twinlog.audit");
        if (has(HeldStore.TABLES)) {
            new HeldStore(connection, replication).drop();
        }
        if (has(List.of(ResolutionOutbox.TABLE))) {
            delete("twinlog." + ResolutionOutbox.TABLE);
        }
        try (Statement statement = connection.createStatement()) {
            boolean last;
            try (ResultSet result = statement.executeQuery("SELECT count(*) = 0 FROM twinlog.progress")) {
                last = result.next() && result.getBoolean(1);
            }
            if (last) {
                statement.execute("DROP TABLE IF EXISTS twinlog.progress, twinlog.offsets, twinlog.audit,"
                        + " twinlog.held_key, twinlog.held_event, twinlog.held_table, twinlog.outbox");
                last = Dialect.of(connection).count(connection) == 0;
                if (last) {
                    statement.execute("DROP SCHEMA twinlog");
                }
            }
        }
    }

    private void delete(String table) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table + " WHERE replication = ?")) {
            delete.setString(1, replication);
            delete.executeUpdate();
        }
    }
}
