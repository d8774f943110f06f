package io.twinlog.applier.held;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.TableId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The applier's statements about held keys, in schema {@code twinlog} of the target. Everything runs in the caller's transaction on the caller's
 * connection, which this class never commits or closes; not thread-safe.
 */
public final class HeldStore {

    /** Names of the tables, for those who look whether they exist. */
    public static final List<String> TABLES = List.of("held_key", "held_event", "held_table");

    private final Connection connection;
    private final String replication;

    public HeldStore(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /** Creates what is missing. */
    public static void create(Statement statement) throws SQLException {
        statement.execute(
                "CREATE TABLE IF NOT EXISTS twinlog.held_key (replication text, source_schema text, source_table"
                        + " text, key bytea, chain text NOT NULL, held_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY"
                        + " (replication, source_schema, source_table, key))");
        statement.execute("CREATE INDEX IF NOT EXISTS held_key_chain ON twinlog.held_key (replication, chain)");
        statement.execute(
                "CREATE TABLE IF NOT EXISTS twinlog.held_event (replication text, epoch bigint, seq bigint, ordinal"
                        + " bigint, chain text NOT NULL, source_schema text NOT NULL, source_table text NOT NULL, key bytea, kind"
                        + " text NOT NULL, held_at timestamptz NOT NULL DEFAULT now(), topic text NOT NULL, partition integer NOT"
                        + " NULL, record_offset bigint NOT NULL, raw_key bytea, raw_value bytea NOT NULL, position text, tx_id bigint,"
                        + " origin text, commit_us bigint NOT NULL, PRIMARY KEY (replication, epoch, seq, ordinal))");
        statement.execute(
                "CREATE INDEX IF NOT EXISTS held_event_chain ON twinlog.held_event (replication, chain, epoch, seq,"
                        + " ordinal)");
        statement.execute(
                "CREATE TABLE IF NOT EXISTS twinlog.held_table (replication text, source_schema text, source_table"
                        + " text, reason text NOT NULL, held_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (replication,"
                        + " source_schema, source_table))");
    }

    /** Gives every held key, in no order. */
    public void forEachKey(Consumer<HeldKey> reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT source_schema, source_table, key FROM twinlog.held_key WHERE replication = ?")) {
            select.setString(1, replication);
            select.setFetchSize(10_000);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    reader.accept(HeldKey.stored(new TableId(row.getString(1), row.getString(2)), row.getBytes(3)));
                }
            }
        }
    }

    /** How many keys are held. */
    public long keys() throws SQLException {
        return count("SELECT count(*) FROM twinlog.held_key WHERE replication = ?");
    }

    /** How many events wait. */
    public long events() throws SQLException {
        return count("SELECT count(*) FROM twinlog.held_event WHERE replication = ?");
    }

    private long count(String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, replication);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Whether the tables exist. */
    public boolean exists() throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT pg_catalog.to_regclass('twinlog.held_table') IS NOT NULL");
                ResultSet row = select.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Tables that are paused as a whole, with the reason. */
    public Map<TableId, String> tables() throws SQLException {
        Map<TableId, String> tables = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT source_schema, source_table, reason FROM twinlog.held_table WHERE replication = ?")) {
            select.setString(1, replication);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.put(new TableId(row.getString(1), row.getString(2)), row.getString(3));
                }
            }
        }
        return tables;
    }

    /** Locks those of the keys that are held until the end of the transaction, and tells their chains. */
    public Map<HeldKey, String> lock(Collection<HeldKey> keys) throws SQLException {
        Map<HeldKey, String> held = new HashMap<>();
        Keys sorted = new Keys(new TreeSet<>(keys));
        // Ordered, so that two who lock several keys do not lock each other out.
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT h.source_schema, h.source_table, h.key, h.chain"
                        + " FROM twinlog.held_key h JOIN unnest(?::text[], ?::text[], ?::bytea[]) AS u(s, t, k) ON h.source_schema = u.s"
                        + " AND h.source_table = u.t AND h.key = u.k WHERE h.replication = ? ORDER BY 1, 2, 3 FOR UPDATE OF h")) {
            sorted.set(select, 1);
            select.setString(4, replication);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    held.put(
                            HeldKey.stored(new TableId(row.getString(1), row.getString(2)), row.getBytes(3)),
                            row.getString(4));
                }
            }
        }
        return held;
    }

    /** Locks those of the tables that are paused until the end of the transaction. */
    public List<TableId> lockTables(Collection<TableId> tables) throws SQLException {
        List<TableId> paused = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT source_schema, source_table FROM"
                + " twinlog.held_table WHERE replication = ? AND source_schema = ? AND source_table = ? FOR UPDATE")) {
            for (TableId table : new TreeSet<>(tables)) {
                setTable(select, table);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        paused.add(table);
                    }
                }
            }
        }
        return paused;
    }

    /** Holds keys; one that is held already changes into the given chain. */
    public void hold(Map<HeldKey, String> chains) throws SQLException {
        if (chains.isEmpty()) {
            return;
        }
        List<HeldKey> keys = List.copyOf(new TreeSet<>(chains.keySet()));
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO twinlog.held_key (source_schema,"
                + " source_table, key, chain, replication) SELECT u.*, ? FROM unnest(?::text[], ?::text[], ?::bytea[],"
                + " ?::text[]) AS u ON CONFLICT (replication, source_schema, source_table, key) DO UPDATE SET chain ="
                + " excluded.chain")) {
            insert.setString(1, replication);
            new Keys(keys).set(insert, 2);
            insert.setArray(5, texts(keys.stream().map(chains::get).toList()));
            insert.executeUpdate();
        }
    }

    /** Makes one chain of two: keys and events of the first wait in the second. */
    public void join(String chain, String into) throws SQLException {
        for (String table : List.of("twinlog.held_key", "twinlog.held_event")) {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE " + table + " SET chain = ? WHERE replication = ? AND chain = ?")) {
                update.setString(1, into);
                update.setString(2, replication);
                update.setString(3, chain);
                update.executeUpdate();
            }
        }
    }

    /** Adds events to their chains. */
    public void append(List<HeldEvent> events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO twinlog.held_event (epoch, seq, ordinal, chain, source_schema, source_table, key, kind, topic,"
                        + " partition, record_offset, raw_key, raw_value, position, tx_id, origin, commit_us, replication) SELECT u.*, ?"
                        + " FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[],"
                        + " ?::text[], ?::integer[], ?::bigint[], ?::bytea[], ?::bytea[], ?::text[], ?::bigint[], ?::text[],"
                        + " ?::bigint[]) AS u")) {
            insert.setString(1, replication);
            Columns columns = new Columns(insert, events);
            columns.add("bigint", event -> event.id().epoch());
            columns.add("bigint", event -> event.id().seq());
            columns.add("bigint", event -> event.id().ordinal());
            columns.add("text", HeldEvent::chain);
            columns.add("text", event -> event.table().schema());
            columns.add("text", event -> event.table().table());
            columns.add(
                    "bytea", event -> event.key() == null ? null : event.key().body());
            columns.add("text", event -> event.kind().label());
            columns.add("text", event -> event.partition().topic());
            columns.add("integer", event -> event.partition().partition());
            columns.add("bigint", HeldEvent::offset);
            columns.add("bytea", HeldEvent::rawKey);
            columns.add("bytea", HeldEvent::rawValue);
            columns.add("text", HeldEvent::position);
            columns.add("bigint", HeldEvent::txId);
            columns.add("text", HeldEvent::origin);
            columns.add("bigint", HeldEvent::commitMicros);
            insert.executeUpdate();
        }
    }

    /** Sets one array of a statement after the other. */
    private final class Columns {
        private final PreparedStatement statement;
        private final List<HeldEvent> events;
        private int index = 2;

        Columns(PreparedStatement statement, List<HeldEvent> events) {
            this.statement = statement;
            this.events = events;
        }

        void add(String type, Function<HeldEvent, @Nullable Object> value) throws SQLException {
            @Nullable
            Object[] values = switch (type) {
                case "bigint" -> new Long[events.size()];
                case "integer" -> new Integer[events.size()];
                case "bytea" -> new byte[events.size()][];
                default -> new String[events.size()];
            };
            for (int i = 0; i < values.length; i++) {
                values[i] = value.apply(events.get(i));
            }
            statement.setArray(index++, connection.createArrayOf(type, values));
        }
    }

    /** Pauses a table: what is held of it already waits in the table's chain from now on. */
    public void pause(TableId table, String reason) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO twinlog.held_table (replication,"
                + " source_schema, source_table, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            setTable(insert, table);
            insert.setString(4, reason);
            insert.executeUpdate();
        }
        for (String held : List.of("twinlog.held_key", "twinlog.held_event")) {
            try (PreparedStatement update = connection.prepareStatement("UPDATE " + held
                    + " SET chain = ? WHERE replication = ? AND source_schema = ? AND source_table = ?")) {
                update.setString(1, HeldChain.ofTable(table));
                update.setString(2, replication);
                update.setString(3, table.schema());
                update.setString(4, table.table());
                update.executeUpdate();
            }
        }
    }

    /** Removes all events and keys of a table that wait for a decision, and tells the events, in order. */
    public List<EventId> clear(TableId table) throws SQLException {
        List<EventId> cleared = new ArrayList<>();
        // The keys first: their locks keep a replay out.
        try (PreparedStatement keys = connection.prepareStatement(
                "DELETE FROM twinlog.held_key WHERE replication = ? AND source_schema = ? AND source_table = ?")) {
            setTable(keys, table);
            keys.executeUpdate();
        }
        try (PreparedStatement events =
                connection.prepareStatement("DELETE FROM twinlog.held_event WHERE replication = ?"
                        + " AND source_schema = ? AND source_table = ? RETURNING epoch, seq, ordinal")) {
            setTable(events, table);
            try (ResultSet row = events.executeQuery()) {
                while (row.next()) {
                    cleared.add(new EventId(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
        }
        cleared.sort(null);
        return cleared;
    }

    /** Removes everything of this replication. */
    public void drop() throws SQLException {
        for (String table : TABLES) {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM twinlog." + table + " WHERE replication = ?")) {
                delete.setString(1, replication);
                delete.executeUpdate();
            }
        }
    }

    private void setTable(PreparedStatement statement, TableId table) throws SQLException {
        statement.setString(1, replication);
        statement.setString(2, table.schema());
        statement.setString(3, table.table());
    }

    private Array texts(List<String> values) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }

    private final class Keys {
        private final Collection<HeldKey> keys;

        Keys(Collection<HeldKey> keys) {
            this.keys = keys;
        }

        void set(PreparedStatement statement, int from) throws SQLException {
            statement.setArray(
                    from, texts(keys.stream().map(k -> k.table().schema()).toList()));
            statement.setArray(
                    from + 1, texts(keys.stream().map(k -> k.table().table()).toList()));
            statement.setArray(
                    from + 2,
                    connection.createArrayOf(
                            "bytea", keys.stream().map(HeldKey::body).toArray(byte[][]::new)));
        }
    }
}
