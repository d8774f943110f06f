package io.twinlog.applier.progress;

import io.twinlog.applier.conflict.ResolutionOutbox;
import io.twinlog.applier.held.HeldStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The tables of schema {@code twinlog} in the target. Uses, and never closes, the given connection; not thread-safe. */
public final class ProgressStore {

    private static final String COLUMNS = "epoch, seq, position, commit_time, system_id, database, heartbeat_position,"
            + " heartbeat_time, syncing, updated_at";

    /** "twinlog" in ASCII. */
    private static final long CREATION_LOCK = 0x7477696e6c6f67L;

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
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.to_regclass('twinlog.progress') IS NULL")) {
            if (row.next() && row.getBoolean(1)) {
                return List.of();
            }
        }
        List<String> names = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT replication FROM twinlog.progress WHERE"
                + " replication = ? OR pg_catalog.starts_with(replication, ? || '/') ORDER BY 1")) {
            select.setString(1, replication);
            select.setString(2, replication);
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
            if (!count("progress, offsets, audit, held_key, held_event, held_table, outbox", 7)) {
                // IF NOT EXISTS does not keep appliers that start together from each other.
                statement.execute("SELECT pg_catalog.pg_advisory_lock(" + CREATION_LOCK + ")");
                statement.execute("CREATE SCHEMA IF NOT EXISTS twinlog");
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS twinlog.progress (replication text PRIMARY KEY,"
                                + " epoch bigint NOT NULL, seq bigint NOT NULL, position text, commit_time timestamptz,"
                                + " system_id text, database text, heartbeat_position text, heartbeat_time timestamptz,"
                                + " syncing boolean NOT NULL DEFAULT false, updated_at timestamptz NOT NULL) WITH (fillfactor = 50)");
                statement.execute("CREATE TABLE IF NOT EXISTS twinlog.offsets (replication text, topic text,"
                        + " partition integer, topic_id text NOT NULL, next_offset bigint NOT NULL,"
                        + " PRIMARY KEY (replication, topic, partition)) WITH (fillfactor = 50)");
                statement.execute("CREATE TABLE IF NOT EXISTS twinlog.audit (id bigint GENERATED ALWAYS AS IDENTITY"
                        + " PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), replication text NOT NULL,"
                        + " actor text NOT NULL, action text NOT NULL, reason text NOT NULL, details text)");
                HeldStore.create(statement);
                ResolutionOutbox.create(statement);
                statement.execute("SELECT pg_catalog.pg_advisory_unlock(" + CREATION_LOCK + ")");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO twinlog.progress"
                    + " (replication, epoch, seq, updated_at) VALUES (?, 0, 0, now()) ON CONFLICT DO NOTHING")) {
                insert.setString(1, replication);
                insert.executeUpdate();
            }
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    /** Whether the tables exist. */
    public boolean exists() throws SQLException {
        return count("progress, offsets, audit", 3);
    }

    /** Whether the tables of held keys and of decisions exist. */
    public boolean keepsConflicts() throws SQLException {
        return count("held_key, held_event, held_table, " + ResolutionOutbox.TABLE, 4);
    }

    private boolean count(String tables, int expected) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM pg_catalog.pg_class c JOIN"
                        + " pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'twinlog' AND"
                        + " c.relname = ANY ('{" + tables + "}')")) {
            result.next();
            return result.getInt(1) == expected;
        }
    }

    /** The progress row, or null if there is none. */
    public @Nullable StoredProgress read() throws SQLException {
        if (!exists()) {
            return null;
        }
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
                        instant(row.getTimestamp(4)),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        instant(row.getTimestamp(8)),
                        row.getBoolean(9),
                        row.getTimestamp(10).toInstant());
            }
        }
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
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
                connection.prepareStatement("SELECT topic, partition, topic_id, next_offset FROM"
                        + " twinlog.offsets WHERE replication = ? ORDER BY topic, partition")) {
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
        List<String> topics = new ArrayList<>();
        List<Integer> partitions = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<Long> next = new ArrayList<>();
        offsets.forEach((partition, offset) -> {
            topics.add(partition.topic());
            partitions.add(partition.partition());
            ids.add(offset.topicId());
            next.add(offset.nextOffset());
        });
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO twinlog.offsets (replication, topic,"
                + " partition, topic_id, next_offset) SELECT ?, * FROM unnest(?::text[], ?::integer[], ?::text[],"
                + " ?::bigint[]) ON CONFLICT (replication, topic, partition) DO UPDATE SET topic_id ="
                + " excluded.topic_id, next_offset = excluded.next_offset")) {
            upsert.setString(1, replication);
            upsert.setArray(2, connection.createArrayOf("text", topics.toArray()));
            upsert.setArray(3, connection.createArrayOf("integer", partitions.toArray()));
            upsert.setArray(4, connection.createArrayOf("text", ids.toArray()));
            upsert.setArray(5, connection.createArrayOf("bigint", next.toArray()));
            upsert.executeUpdate();
        }
    }

    /** Sets the row within the present transaction, whatever it says so far. */
    public void jump(long epoch, long seq, @Nullable String position) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE twinlog.progress SET epoch = ?, seq = ?,"
                + " position = ?, updated_at = now() WHERE replication = ?")) {
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
        if (count(String.join(", ", HeldStore.TABLES), HeldStore.TABLES.size())) {
            new HeldStore(connection, replication).drop();
        }
        if (count(ResolutionOutbox.TABLE, 1)) {
            delete("twinlog." + ResolutionOutbox.TABLE);
        }
        try (Statement statement = connection.createStatement()) {
            boolean last;
            try (ResultSet result = statement.executeQuery("SELECT NOT EXISTS (SELECT FROM twinlog.progress)")) {
                last = result.next() && result.getBoolean(1);
            }
            if (last) {
                statement.execute("DROP TABLE IF EXISTS twinlog.progress, twinlog.offsets, twinlog.audit,"
                        + " twinlog.held_key, twinlog.held_event, twinlog.held_table, twinlog.outbox");
                try (ResultSet result = statement.executeQuery("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_class c"
                        + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'twinlog')")) {
                    last = result.next() && result.getBoolean(1);
                }
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
