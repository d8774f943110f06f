package io.twinlog.applier.held;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.Servers;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.schemas.EventId;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.wire.RecordHeader;
import io.twinlog.schemas.wire.SingleObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invariant 9: what waits is in order, and changes hands between an applier and a replay without loss. */
class HeldKeysIT {

    private static final TableId TABLE = new TableId("public", "t");

    private final String replication = Servers.uniqueName();
    private Connection ours;
    private Connection theirs;
    private HeldKeys keys;
    private HeldChains chains;

    @BeforeEach
    void open() throws SQLException {
        Servers.postgres().createDatabase(replication);
        ours = connect();
        new ProgressStore(ours, replication).create();
        ours.setAutoCommit(false);
        theirs = connect();
        theirs.setAutoCommit(false);
        keys = new HeldKeys(new HeldStore(ours, replication));
        chains = new HeldChains(theirs, replication);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(Servers.postgres().jdbcUrl(replication), "postgres", "");
    }

    @AfterEach
    void close() throws SQLException {
        ours.close();
        theirs.close();
    }

    private static HeldKey key(String text) {
        return HeldKey.of(TABLE, recordKey(text));
    }

    private static byte[] recordKey(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] key = Arrays.copyOf(RecordHeader.singleObject(7), SingleObject.HEADER_BYTES + body.length);
        System.arraycopy(body, 0, key, SingleObject.HEADER_BYTES, body.length);
        return key;
    }

    private static HeldEvent event(long seq, String chain, HeldKey key) {
        return new HeldEvent(
                new EventId(1, seq, 1),
                chain,
                TABLE,
                key,
                ConflictKind.UPDATE_DIFFERS,
                new TopicPartition("r.public.t", 2),
                seq * 10,
                new byte[] {1},
                new byte[] {2, 3},
                "0/1A",
                7L,
                null,
                99);
    }

    private void hold(long seq, String chain, String key) {
        keys.hold(key(key), chain);
        keys.append(event(seq, chain, key(key)));
    }

    private void commit() throws SQLException {
        keys.flush();
        ours.commit();
    }

    private void begin(String... candidates) throws SQLException {
        keys.begin();
        List<HeldKey> hits = java.util.stream.Stream.of(candidates)
                .filter(text -> keys.mayHold(TABLE.hashCode(), recordKey(text)))
                .map(HeldKeysIT::key)
                .toList();
        if (!hits.isEmpty()) {
            keys.lock(hits);
        }
    }

    @Test
    void a_chain_is_read_in_order_and_pages_and_given_back() throws SQLException {
        begin("a");
        assertThat(keys.isIdle()).isTrue();
        hold(1, "1-1-1", "a");
        commit();
        begin("a", "b");
        assertThat(keys.chain(TABLE, key("a"))).isEqualTo("1-1-1");
        assertThat(keys.chain(TABLE, key("b"))).isNull();
        for (long seq = 12; seq > 2; seq--) {
            keys.append(event(seq, "1-1-1", key("a")));
        }
        commit();
        assertThat(chains.chains())
                .singleElement()
                .satisfies(chain -> assertThat(List.of(chain.id(), chain.keys(), chain.events(), chain.table()))
                        .containsExactly("1-1-1", 1L, 11L, TABLE));
        assertThat(chains.lockChain("1-1-1")).isTrue();
        List<HeldEvent> page = chains.events("1-1-1", null, 5, Long.MAX_VALUE);
        assertThat(page).extracting(e -> e.id().seq()).containsExactly(1L, 3L, 4L, 5L, 6L);
        assertThat(page.get(0)).usingRecursiveComparison().isEqualTo(event(1, "1-1-1", key("a")));
        assertThat(chains.events("1-1-1", page.get(4).id(), 10, Long.MAX_VALUE)).hasSize(6);
        assertThat(chains.release("1-1-1")).isFalse();
        for (HeldEvent event : chains.events("1-1-1", null, 100, Long.MAX_VALUE)) {
            assertThat(chains.remove(event.id())).isTrue();
        }
        assertThat(chains.release("1-1-1")).isTrue();
        theirs.commit();
        begin("a");
        assertThat(keys.chain(TABLE, key("a"))).isNull();
        commit();
        begin("a");
        assertThat(keys.isIdle()).as("the hashes are read anew").isTrue();
    }

    @Test
    void what_is_taken_back_is_not_held() throws SQLException {
        begin();
        HeldKeys.Mark mark = keys.mark();
        hold(1, "1-1-1", "a");
        keys.rollbackTo(mark);
        assertThat(keys.chain(TABLE, key("a"))).isNull();
        hold(2, "1-2-1", "b");
        commit();
        assertThat(chains.chains()).extracting(HeldChain::id).containsExactly("1-2-1");
        begin("b");
        hold(3, "1-3-1", "c");
        ours.rollback();
        keys.rolledBack();
        begin("b", "c");
        assertThat(keys.chain(TABLE, key("b"))).isEqualTo("1-2-1");
        assertThat(keys.chain(TABLE, key("c"))).isNull();
    }

    @Test
    void a_changed_primary_key_joins_the_chains_of_both_keys() throws SQLException {
        begin();
        hold(1, "1-1-1", "a");
        hold(2, "1-2-1", "b");
        commit();
        begin("a", "b");
        keys.hold(key("b"), "1-1-1");
        keys.append(event(3, keys.chain(TABLE, key("a")), key("a")));
        keys.append(event(4, keys.chain(TABLE, key("b")), key("b")));
        assertThat(keys.chain(TABLE, key("a"))).isEqualTo(keys.chain(TABLE, key("b")));
        commit();
        assertThat(chains.chains())
                .singleElement()
                .satisfies(chain ->
                        assertThat(List.of(chain.keys(), chain.events())).containsExactly(2L, 4L));
        begin("a", "b");
        assertThat(keys.chain(TABLE, key("a"))).isEqualTo(keys.chain(TABLE, key("b")));
    }

    @Test
    void an_event_that_comes_while_a_chain_is_replayed_waits_and_is_then_free() throws Exception {
        begin();
        hold(1, "1-1-1", "a");
        commit();
        assertThat(chains.lockChain("1-1-1")).isTrue();
        CompletableFuture<String> found = CompletableFuture.supplyAsync(() -> {
            try {
                begin("a");
                return String.valueOf(keys.chain(TABLE, key("a")));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().until(() -> waiting(1));
        assertThat(found).isNotDone();
        chains.remove(new EventId(1, 1, 1));
        assertThat(chains.release("1-1-1")).isTrue();
        theirs.commit();
        assertThat(found.get(20, TimeUnit.SECONDS)).isEqualTo("null");
    }

    @Test
    void a_replay_that_comes_while_an_event_is_appended_sees_it() throws Exception {
        begin();
        hold(1, "1-1-1", "a");
        commit();
        begin("a");
        keys.append(event(2, "1-1-1", key("a")));
        keys.flush();
        CompletableFuture<List<HeldEvent>> read = CompletableFuture.supplyAsync(() -> {
            try {
                assertThat(chains.lockChain("1-1-1")).isTrue();
                return chains.events("1-1-1", null, 10, Long.MAX_VALUE);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().until(() -> waiting(1));
        ours.commit();
        assertThat(read.get(20, TimeUnit.SECONDS)).hasSize(2);
    }

    @Test
    void a_paused_table_takes_in_everything_until_its_replay_ends() throws SQLException {
        begin();
        hold(1, "1-1-1", "a");
        keys.pause(TABLE, "more than 5 conflicts in a minute");
        assertThat(keys.chain(TABLE, key("z"))).isEqualTo("table:public.t");
        keys.append(event(2, "table:public.t", key("z")));
        commit();
        begin();
        assertThat(keys.mayPause(TABLE)).isTrue();
        keys.lockTables(List.of(TABLE));
        assertThat(keys.chain(TABLE, null)).isEqualTo("table:public.t");
        ours.commit();
        assertThat(chains.lockChain("table:public.t")).isTrue();
        assertThat(chains.events("table:public.t", null, 10, Long.MAX_VALUE)).hasSize(2);
        chains.remove(new EventId(1, 1, 1));
        chains.remove(new EventId(1, 2, 1));
        assertThat(chains.release("table:public.t")).isTrue();
        theirs.commit();
        begin();
        keys.lockTables(List.of(TABLE));
        assertThat(keys.chain(TABLE, key("z"))).isNull();
        assertThat(keys.isIdle()).isTrue();
    }

    @Test
    void a_truncate_ends_what_waits_of_its_table() throws SQLException {
        begin();
        hold(1, "1-1-1", "a");
        commit();
        begin("a");
        hold(2, "1-2-1", "b");
        assertThat(keys.clear(TABLE)).containsExactly(new EventId(1, 1, 1), new EventId(1, 2, 1));
        assertThat(keys.chain(TABLE, key("a"))).isNull();
        commit();
        assertThat(chains.chains()).isEmpty();
    }

    @Test
    void a_key_longer_than_an_index_entry_can_be_held() throws SQLException {
        String wide = new java.util.Random(1)
                .ints(5000, 32, 126)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        begin();
        hold(1, "1-1-1", wide);
        commit();
        begin(wide, wide.substring(1));
        assertThat(keys.chain(TABLE, key(wide))).isEqualTo("1-1-1");
        assertThat(keys.chain(TABLE, key(wide.substring(1)))).isNull();
    }

    private boolean waiting(int sessions) throws SQLException {
        try (Connection third = connect();
                var row = third.createStatement()
                        .executeQuery("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
                                + " wait_event_type = 'Lock'")) {
            row.next();
            return row.getInt(1) == sessions;
        }
    }
}
