package io.twinlog.applier.held;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.RowSet;
import io.twinlog.applier.dialect.RowSet.Type;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.TableId;
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
import org.jspecify.annotations.Nullable;

/**
 * The applier's statements about held keys, in schema {@code twinlog} of the target. Everything runs in the caller's transaction on the caller's
 * connection, which this class never commits or closes; not thread-safe.
 */
public final class HeldStore {

    /** Names of the tables, for those who look whether they exist. */
    public static final List<String> TABLES = List.of("held_key", "held_event", "held_table");

    private static final List<String> KEY_ORDER = List.of("source_schema", "source_table", "\"key\"");

    private final Connection connection;
    private final String replication;

    public HeldStore(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
    }

    /** Creates what is missing. */
    public static void create(Dialect dialect, Statement statement) throws SQLException {
        statement.execute(dialect.ddl(
                "CREATE TABLE IF NOT EXISTS twinlog.held_key (replication {replication}, source_schema {name}, source_table"
                        + " {name}, \"key\" {key}, chain {chain} NOT NULL, held_at {time} NOT NULL DEFAULT {now}, PRIMARY KEY"
                        + " (replication, source_schema, source_table, \"key\"))"));
        dialect.createIndex(statement, "held_key_chain", "held_key", "replication, chain");
        statement.execute(
                dialect.ddl(
                        "CREATE TABLE IF NOT EXISTS twinlog.held_event (replication {replication}, epoch bigint, seq bigint, ordinal"
                                + " bigint, chain {chain} NOT NULL, source_schema {name} NOT NULL, source_table {name} NOT NULL, \"key\" {key},"
                                + " kind {name} NOT NULL, held_at {time} NOT NULL DEFAULT {now}, topic {topic} NOT NULL, \"partition\" integer"
                                + " NOT NULL, record_offset bigint NOT NULL, raw_key {bytes}, raw_value {bytes} NOT NULL, position {text}, tx_id"
                                + " bigint, origin {text}, commit_us bigint NOT NULL, PRIMARY KEY (replication, epoch, seq, ordinal))"));
        dialect.createIndex(statement, "held_event_chain", "held_event", "replication, chain, epoch, seq, ordinal");
        statement.execute(dialect.ddl(
                "CREATE TABLE IF NOT EXISTS twinlog.held_table (replication {replication}, source_schema {name},"
                        + " source_table {name}, reason {text} NOT NULL, held_at {time} NOT NULL DEFAULT {now}, PRIMARY KEY"
                        + " (replication, source_schema, source_table))"));
    }

    /** Gives every held key, in no order. */
    public void forEachKey(Consumer<HeldKey> reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT source_schema, source_table, \"key\" FROM twinlog.held_key WHERE replication = ?")) {
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
        return Dialect.of(connection).count(connection, TABLES) == TABLES.size();
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
        // Ordered, so that two who lock several keys do not lock each other out.
        List<HeldKey> sorted = List.copyOf(new TreeSet<>(keys));
        Dialect.of(connection)
                .lock(
                        connection,
                        "twinlog.held_key",
                        replication,
                        rows(sorted),
                        KEY_ORDER,
                        List.of("source_schema", "source_table", "\"key\"", "chain"),
                        row -> held.put(
                                HeldKey.stored(new TableId(row.getString(1), row.getString(2)), row.getBytes(3)),
                                row.getString(4)));
        return held;
    }

    private static RowSet rows(List<HeldKey> keys) {
        return new RowSet(keys.size())
                .add("source_schema", Type.TEXT, keys, key -> key.table().schema())
                .add("source_table", Type.TEXT, keys, key -> key.table().table())
                .add("\"key\"", Type.BYTES, keys, HeldKey::body);
    }

    /** Locks the keys of chains until the end of the transaction. */
    void lockChains(Collection<String> chains) throws SQLException {
        List<String> sorted = List.copyOf(new TreeSet<>(chains));
        Dialect.of(connection)
                .lock(
                        connection,
                        "twinlog.held_key",
                        replication,
                        new RowSet(sorted.size()).add("chain", Type.TEXT, sorted, chain -> chain),
                        KEY_ORDER,
                        List.of("chain"),
                        row -> {});
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
        Dialect.of(connection)
                .upsert(
                        connection,
                        "twinlog.held_key",
                        replication,
                        rows(keys).add("chain", Type.TEXT, keys, chains::get),
                        KEY_ORDER);
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
        RowSet rows = new RowSet(events.size())
                .add("epoch", Type.BIGINT, events, event -> event.id().epoch())
                .add("seq", Type.BIGINT, events, event -> event.id().seq())
                .add("ordinal", Type.BIGINT, events, event -> event.id().ordinal())
                .add("chain", Type.TEXT, events, HeldEvent::chain)
                .add("source_schema", Type.TEXT, events, event -> event.table().schema())
                .add("source_table", Type.TEXT, events, event -> event.table().table())
                .add("\"key\"", Type.BYTES, events, HeldStore::key)
                .add("kind", Type.TEXT, events, event -> event.kind().label())
                .add("topic", Type.TEXT, events, event -> event.partition().topic())
                .add(
                        "\"partition\"",
                        Type.INTEGER,
                        events,
                        event -> event.partition().partition())
                .add("record_offset", Type.BIGINT, events, HeldEvent::offset)
                .add("raw_key", Type.BYTES, events, HeldEvent::rawKey)
                .add("raw_value", Type.BYTES, events, HeldEvent::rawValue)
                .add("position", Type.TEXT, events, HeldEvent::position)
                .add("tx_id", Type.BIGINT, events, HeldEvent::txId)
                .add("origin", Type.TEXT, events, HeldEvent::origin)
                .add("commit_us", Type.BIGINT, events, HeldEvent::commitMicros);
        Dialect.of(connection).insert(connection, "twinlog.held_event", replication, rows);
    }

    private static byte @Nullable [] key(HeldEvent event) {
        HeldKey key = event.key();
        return key == null ? null : key.body();
    }

    /** Pauses a table: what is held of it already waits in the table's chain from now on. */
    public void pause(TableId table, String reason) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(Dialect.of(connection)
                .insertIfAbsent(
                        "twinlog.held_table", "replication, source_schema, source_table, reason", "?, ?, ?, ?"))) {
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
        String waiting = " FROM twinlog.held_event WHERE replication = ? AND source_schema = ? AND source_table = ?";
        // MySQL does not tell what it has deleted.
        try (PreparedStatement events =
                connection.prepareStatement("SELECT epoch, seq, ordinal" + waiting + " FOR UPDATE")) {
            setTable(events, table);
            try (ResultSet row = events.executeQuery()) {
                while (row.next()) {
                    cleared.add(new EventId(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
        }
        try (PreparedStatement events = connection.prepareStatement("DELETE" + waiting)) {
            setTable(events, table);
            events.executeUpdate();
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
}
