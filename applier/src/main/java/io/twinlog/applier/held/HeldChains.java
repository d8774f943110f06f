package io.twinlog.applier.held;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.dialect.RowSet;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Held keys as those see them who replay: list, lock, read in order, remove, give back. Everything runs in the caller's transaction
 * on the caller's connection, which this class never commits or closes; not thread-safe.
 *
 * <p>A replay of a chain is one transaction, or several of a page each: {@link #lockChain}, {@link #events}, for each of them the
 * decision and {@link #remove}, in the end {@link #release}; commit. The applier finds out by itself.
 */
public final class HeldChains {

    private static final String EVENT_COLUMNS =
            "epoch, seq, ordinal, chain, source_schema, source_table, \"key\", kind, topic,"
                    + " \"partition\", record_offset, raw_key, raw_value, position, tx_id, origin, commit_us";

    private final Connection connection;
    private final String replication;
    private final HeldStore store;

    public HeldChains(Connection connection, String replication) {
        this.connection = connection;
        this.replication = replication;
        this.store = new HeldStore(connection, replication);
    }

    /** The chains, oldest first, by their first events. */
    public List<HeldChain> chains() throws SQLException {
        List<HeldChain> chains = new ArrayList<>();
        Dialect dialect = Dialect.of(connection);
        try (PreparedStatement select =
                connection.prepareStatement("SELECT e.chain, e.source_schema, e.source_table, (SELECT"
                        + " count(*) FROM twinlog.held_key k WHERE k.replication = e.replication AND k.chain = e.chain), e.events,"
                        + " e.held_at FROM (SELECT h.*, count(*) OVER (PARTITION BY chain) AS events, row_number() OVER"
                        + " (PARTITION BY chain ORDER BY epoch, seq, ordinal) AS place FROM twinlog.held_event h WHERE"
                        + " replication = ?) e WHERE e.place = 1 ORDER BY e.epoch, e.seq, e.ordinal")) {
            select.setString(1, replication);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    chains.add(new HeldChain(
                            row.getString(1),
                            new TableId(row.getString(2), row.getString(3)),
                            row.getLong(4),
                            row.getLong(5),
                            Objects.requireNonNull(dialect.instant(row, 6))));
                }
            }
        }
        return chains;
    }

    /** How much waits. */
    public record Size(long chains, long keys, long events) {}

    public Size size() throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT count(DISTINCT chain), (SELECT count(*) FROM twinlog.held_key k"
                        + " WHERE k.replication = ?), count(*) FROM twinlog.held_event WHERE replication = ?")) {
            select.setString(1, replication);
            select.setString(2, replication);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Size(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    /** The event with this identity, if it waits. */
    public Optional<HeldEvent> find(EventId id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + EVENT_COLUMNS
                + " FROM twinlog.held_event WHERE replication = ? AND epoch = ? AND seq = ? AND ordinal = ?")) {
            setEvent(select, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(event(row)) : Optional.empty();
            }
        }
    }

    /**
     * Locks a chain until the end of the transaction: the applier adds nothing to it meanwhile.
     *
     * @return false if there is no such chain (any more): it has been released, or joined to another one
     */
    public boolean lockChain(String chain) throws SQLException {
        if (chain.startsWith("table:")) {
            TableId table = tableOf(chain);
            if (table == null || store.lockTables(List.of(table)).isEmpty()) {
                return false;
            }
        }
        boolean locked = chain.startsWith("table:");
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM twinlog.held_key WHERE replication = ? AND"
                        + " chain = ? ORDER BY source_schema, source_table, \"key\" FOR UPDATE")) {
            select.setString(1, replication);
            select.setString(2, chain);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    locked = true;
                }
            }
        }
        return locked;
    }

    private @Nullable TableId tableOf(String chain) throws SQLException {
        for (TableId table : store.tables().keySet()) {
            if (HeldChain.ofTable(table).equals(chain)) {
                return table;
            }
        }
        return null;
    }

    /** Locks several chains at once, in an order in which no two who do so lock each other out. */
    public void lockChains(Collection<String> chains) throws SQLException {
        store.lockChains(chains);
    }

    /**
     * A page of a chain's events in their order: at least one, if there is one behind the place, then as many as the limits allow.
     *
     * @param bytes how much their values may hold together
     */
    public List<HeldEvent> events(String chain, @Nullable EventId after, int limit, long bytes) throws SQLException {
        List<HeldEvent> events = new ArrayList<>();
        EventId from = after == null ? new EventId(0, 0, 0) : after;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + EVENT_COLUMNS + " FROM (SELECT *, sum(octet_length(raw_value))"
                        + " OVER (ORDER BY epoch, seq, ordinal) - octet_length(raw_value) AS ahead FROM twinlog.held_event"
                        + " WHERE replication = ? AND (epoch, seq, ordinal) > (?, ?, ?) AND chain = ? ORDER BY epoch, seq, ordinal"
                        + " LIMIT ?) AS page WHERE ahead < ? ORDER BY epoch, seq, ordinal")) {
            setEvent(select, from);
            select.setString(5, chain);
            select.setInt(6, limit);
            select.setLong(7, bytes);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    events.add(event(row));
                }
            }
        }
        return events;
    }

    /** Gives every event that waits, in the order of events, with its chain. */
    public void forEach(BiConsumer<EventId, String> reader) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT epoch, seq, ordinal, chain FROM"
                + " twinlog.held_event WHERE replication = ? ORDER BY epoch, seq, ordinal")) {
            select.setString(1, replication);
            select.setFetchSize(10_000);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    reader.accept(new EventId(row.getLong(1), row.getLong(2), row.getLong(3)), row.getString(4));
                }
            }
        }
    }

    /** Notes what was found of an event that goes on to wait. */
    public void found(EventId id, ConflictKind kind) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE twinlog.held_event SET kind = ? WHERE"
                + " replication = ? AND epoch = ? AND seq = ? AND ordinal = ?")) {
            update.setString(1, kind.label());
            update.setString(2, replication);
            update.setLong(3, id.epoch());
            update.setLong(4, id.seq());
            update.setLong(5, id.ordinal());
            update.executeUpdate();
        }
    }

    /**
     * The chain of a key, other than the given one, in which an event of the keys must wait; where there are two of them they become one.
     *
     * @return null if there is none
     */
    public @Nullable String otherChain(Collection<HeldKey> keys, String than) throws SQLException {
        String found = null;
        for (String chain : new TreeSet<>(store.lock(keys).values())) {
            if (chain.equals(than)) {
                continue;
            }
            if (found == null) {
                found = chain;
            } else {
                store.join(chain, found);
            }
        }
        return found;
    }

    /** Lets events of a paused table wait for themselves, in a chain of their keys. */
    public void moveTo(String chain, Collection<EventId> ids, Collection<HeldKey> keys) throws SQLException {
        Map<HeldKey, String> held = new HashMap<>();
        keys.forEach(key -> held.put(key, chain));
        store.hold(held);
        try (PreparedStatement update = connection.prepareStatement("UPDATE twinlog.held_event SET chain = ? WHERE"
                + " replication = ? AND epoch = ? AND seq = ? AND ordinal = ?")) {
            for (EventId id : ids) {
                update.setString(1, chain);
                update.setString(2, replication);
                update.setLong(3, id.epoch());
                update.setLong(4, id.seq());
                update.setLong(5, id.ordinal());
                update.executeUpdate();
            }
        }
    }

    /**
     * Removes what waits of a table from before a TRUNCATE, and its keys so far as they are in other chains than the given one.
     *
     * @return the events, in order
     */
    public List<EventId> clearBefore(TableId table, EventId truncate, String chain) throws SQLException {
        try (PreparedStatement keys = connection.prepareStatement("DELETE FROM twinlog.held_key WHERE replication = ?"
                + " AND source_schema = ? AND source_table = ? AND chain <> ?")) {
            keys.setString(1, replication);
            keys.setString(2, table.schema());
            keys.setString(3, table.table());
            keys.setString(4, chain);
            keys.executeUpdate();
        }
        List<EventId> cleared = new ArrayList<>();
        String before = " FROM twinlog.held_event WHERE replication = ? AND (epoch, seq, ordinal) < (?, ?, ?)"
                + " AND source_schema = ? AND source_table = ?";
        // MySQL does not tell what it has deleted.
        try (PreparedStatement events =
                connection.prepareStatement("SELECT epoch, seq, ordinal" + before + " FOR UPDATE")) {
            setEvent(events, truncate);
            events.setString(5, table.schema());
            events.setString(6, table.table());
            try (ResultSet row = events.executeQuery()) {
                while (row.next()) {
                    cleared.add(new EventId(row.getLong(1), row.getLong(2), row.getLong(3)));
                }
            }
        }
        try (PreparedStatement events = connection.prepareStatement("DELETE" + before)) {
            setEvent(events, truncate);
            events.setString(5, table.schema());
            events.setString(6, table.table());
            events.executeUpdate();
        }
        cleared.sort(null);
        return cleared;
    }

    /** Takes an event out of its chain: it is applied or given up. */
    public boolean remove(EventId id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM twinlog.held_event WHERE replication = ? AND epoch = ? AND seq = ? AND ordinal = ?")) {
            setEvent(delete, id);
            return delete.executeUpdate() == 1;
        }
    }

    /** Takes events out of their chains; how many of them there were. */
    public int remove(List<EventId> ids) throws SQLException {
        RowSet rows = new RowSet(ids.size())
                .add("epoch", RowSet.Type.BIGINT, ids, EventId::epoch)
                .add("seq", RowSet.Type.BIGINT, ids, EventId::seq)
                .add("ordinal", RowSet.Type.BIGINT, ids, EventId::ordinal);
        return Dialect.of(connection).delete(connection, "twinlog.held_event", replication, rows);
    }

    /** The chains in which keys are held, locked. */
    public Map<HeldKey, String> chainsOf(Collection<HeldKey> keys) throws SQLException {
        return store.lock(keys);
    }

    /**
     * Gives the keys of a locked chain back to the applier if no event waits in it any more. A paused table goes on with it.
     *
     * @return whether it was given back
     */
    public boolean release(String chain) throws SQLException {
        if (!events(chain, null, 1, 1).isEmpty()) {
            return false;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM twinlog.held_key WHERE replication = ? AND chain = ?")) {
            delete.setString(1, replication);
            delete.setString(2, chain);
            delete.executeUpdate();
        }
        TableId table = chain.startsWith("table:") ? tableOf(chain) : null;
        if (table != null) {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM twinlog.held_table WHERE replication ="
                            + " ? AND source_schema = ? AND source_table = ?")) {
                delete.setString(1, replication);
                delete.setString(2, table.schema());
                delete.setString(3, table.table());
                delete.executeUpdate();
            }
        }
        return true;
    }

    private void setEvent(PreparedStatement statement, EventId id) throws SQLException {
        statement.setString(1, replication);
        statement.setLong(2, id.epoch());
        statement.setLong(3, id.seq());
        statement.setLong(4, id.ordinal());
    }

    private static HeldEvent event(ResultSet row) throws SQLException {
        TableId table = new TableId(row.getString(5), row.getString(6));
        byte[] key = row.getBytes(7);
        long txId = row.getLong(15);
        Long knownTxId = row.wasNull() ? null : txId;
        return new HeldEvent(
                new EventId(row.getLong(1), row.getLong(2), row.getLong(3)),
                row.getString(4),
                table,
                key == null ? null : HeldKey.stored(table, key),
                ConflictKind.parse(row.getString(8)),
                new TopicPartition(row.getString(9), row.getInt(10)),
                row.getLong(11),
                row.getBytes(12),
                row.getBytes(13),
                row.getString(14),
                knownTxId,
                row.getString(16),
                row.getLong(17));
    }
}
