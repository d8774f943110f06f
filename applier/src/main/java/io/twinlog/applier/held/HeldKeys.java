package io.twinlog.applier.held;

import io.twinlog.schemas.EventId;
import io.twinlog.schemas.table.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the applier remembers of held keys: a hash of 8 bytes per key over all of them, and exactly those that the present
 * transaction is about. Not thread-safe; owned by the writing thread.
 *
 * <p>Idea: the hashes only say which keys of a batch are worth a question to the table; {@link #lock} asks it, and what it finds is
 * locked and so stays true until the commit. The hashes may hold too much (a replay has released keys): then {@link #lock} misses
 * and they are read anew. They never hold too little, because nobody but the applier holds keys, save a replay that ends the pause
 * of a table, and that one is found by {@link #lockTables}. Above {@value #MOST_HASHES} held keys every key is asked for.
 */
public final class HeldKeys {

    private static final int MOST_HASHES = 1 << 20;

    private final HeldStore store;
    private final Map<HeldKey, String> chains = new HashMap<>();
    private final Map<String, String> joined = new LinkedHashMap<>();
    private final List<Entry> journal = new ArrayList<>();
    private HashSet64 hashes = new HashSet64();
    /** Of the keys in {@link #chains}, and maybe of some that were. */
    private HashSet64 chained = new HashSet64();

    private Map<TableId, String> paused = new HashMap<>();
    private final Set<TableId> lockedTables = new HashSet<>();
    private boolean overflow;
    private boolean stale = true;

    /** One step that can be taken back. */
    private record Entry(
            @Nullable HeldKey key,
            @Nullable String join,
            @Nullable HeldEvent event) {}

    /** A place in the transaction to go back to. */
    public record Mark(int size) {}

    public HeldKeys(HeldStore store) {
        this.store = store;
    }

    /** Begins a part of a transaction; reads the table where that is due. */
    public void begin() throws SQLException {
        chains.clear();
        chained = new HashSet64();
        joined.clear();
        journal.clear();
        lockedTables.clear();
        if (stale) {
            load();
        }
    }

    private void load() throws SQLException {
        HashSet64 fresh = new HashSet64();
        overflow = store.keys() > MOST_HASHES;
        if (!overflow) {
            store.forEachKey(key -> fresh.add(key.hash64()));
        }
        hashes = fresh;
        paused = new HashMap<>(store.tables());
        stale = false;
    }

    /** Whether no key of any table can be held: then a batch need not look at its keys. */
    public boolean isIdle() {
        return chains.isEmpty() && !overflow && hashes.size() == 0 && paused.isEmpty();
    }

    /**
     * Whether a key is worth a question.
     *
     * @param tableHash hash code of its {@link TableId}
     * @param recordKey its bytes, header included
     */
    public boolean mayHold(int tableHash, byte[] recordKey) {
        return overflow || hashes.size() > 0 && hashes.contains(HeldKey.hash64(tableHash, recordKey));
    }

    /** Whether any table is paused, as far as is known without a question. */
    public boolean pausesAny() {
        return !paused.isEmpty();
    }

    /**
     * Whether events of a key may wait, as far as this transaction knows.
     *
     * @param tableHash hash code of its {@link TableId}
     * @param recordKey its bytes, header included
     */
    public boolean mayWait(int tableHash, byte[] recordKey) {
        return !lockedTables.isEmpty() || chained.contains(HeldKey.hash64(tableHash, recordKey));
    }

    public boolean mayPause(TableId table) {
        return paused.containsKey(table);
    }

    /** Finds out which tables are paused, until the end of the transaction. */
    public void lockTables(Collection<TableId> tables) throws SQLException {
        lockedTables.addAll(store.lockTables(tables));
        if (!lockedTables.containsAll(tables)) {
            // A replay has ended the pause, and may have left keys held.
            load();
        }
    }

    /** Finds out which keys are held, until the end of the transaction. */
    public void lock(Collection<HeldKey> keys) throws SQLException {
        Map<HeldKey, String> found = store.lock(keys);
        chains.putAll(found);
        found.keySet().forEach(key -> chained.add(key.hash64()));
        if (found.size() < keys.size() && !overflow) {
            stale = true;
        }
    }

    /** The chain in which events of a key wait, or null if they do not wait. */
    public @Nullable String chain(TableId table, @Nullable HeldKey key) {
        if (lockedTables.contains(table)) {
            return HeldChain.ofTable(table);
        }
        String chain = key == null ? null : chains.get(key);
        return chain == null ? null : last(chain);
    }

    private String last(String chain) {
        String at = chain;
        for (String next = joined.get(at); next != null; next = joined.get(at)) {
            at = next;
        }
        return at;
    }

    /** Whether any key is held or table paused as far as this transaction knows. */
    public boolean holdsAny() {
        return !chains.isEmpty() || !lockedTables.isEmpty();
    }

    /** Lets the events of a key wait in a chain from now on; where they wait in another one, the two become one. */
    public void hold(HeldKey key, String chain) {
        String present = chain(key.table(), key);
        if (present == null) {
            chains.put(key, chain);
            chained.add(key.hash64());
            journal.add(new Entry(key, null, null));
        } else if (!present.equals(last(chain)) && !lockedTables.contains(key.table())) {
            String ended = last(chain);
            joined.put(ended, present);
            journal.add(new Entry(null, ended, null));
        }
    }

    /** Lets an event wait in its chain. */
    public void append(HeldEvent event) {
        journal.add(new Entry(null, null, event));
    }

    public Mark mark() {
        return new Mark(journal.size());
    }

    /** Takes back what was done since the mark. */
    public void rollbackTo(Mark mark) {
        for (int i = journal.size() - 1; i >= mark.size(); i--) {
            Entry entry = journal.remove(i);
            if (entry.key() != null) {
                chains.remove(entry.key());
            }
            if (entry.join() != null) {
                joined.remove(entry.join());
            }
        }
    }

    /** Writes what was done since {@link #begin} or the last flush; false if that was nothing. */
    public boolean flush() throws SQLException {
        if (journal.isEmpty()) {
            return false;
        }
        Map<HeldKey, String> keys = new LinkedHashMap<>();
        List<HeldEvent> events = new ArrayList<>();
        for (Entry entry : journal) {
            if (entry.key() != null) {
                keys.put(entry.key(), last(chains.getOrDefault(entry.key(), "")));
            } else if (entry.join() != null) {
                store.join(entry.join(), last(entry.join()));
            } else if (entry.event() != null) {
                events.add(entry.event());
            }
        }
        store.hold(keys);
        store.append(events.stream()
                .map(event -> event.chain().equals(last(event.chain())) ? event : event.in(last(event.chain())))
                .toList());
        keys.keySet().forEach(key -> hashes.add(key.hash64()));
        journal.clear();
        overflow = overflow || hashes.size() > MOST_HASHES;
        return true;
    }

    /** Pauses a table from now on; writes at once. */
    public void pause(TableId table, String reason) throws SQLException {
        flush();
        store.pause(table, reason);
        paused.put(table, reason);
        lockedTables.add(table);
        chains.keySet().removeIf(key -> key.table().equals(table));
    }

    /** Forgets what a table's keys wait for: a TRUNCATE came. Writes at once, and tells the events that waited. */
    public List<EventId> clear(TableId table) throws SQLException {
        flush();
        chains.keySet().removeIf(key -> key.table().equals(table));
        stale = true;
        return store.clear(table);
    }

    /** The transaction was rolled back: what the table holds is to be read again. */
    public void rolledBack() {
        chains.clear();
        joined.clear();
        journal.clear();
        lockedTables.clear();
        stale = true;
    }
}
