package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.progress.ProgressView;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.Lsn;
import io.twinlog.schemas.control.ControlKind;
import io.twinlog.schemas.control.ControlRecord.Detail;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberState;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnapshotIT {

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private void snapshot() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'local'), (9, 'own')");
        twin.script().epoch();
        TableScript t = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text")),
                        2);
        twin.script()
                .snapshotBegin(t)
                .chunk(t, 1, tx -> tx.snapshot(t, 1, "a").snapshot(t, 2, "b"))
                .chunk(t, 2, tx -> tx.snapshot(t, 3, "c"))
                .snapshotEnd()
                .heartbeat();
        twin.script().commit(tx -> tx.update(t, new Object[] {1, "a"}, new Object[] {1, "aa"}));
    }

    @Test
    void rows_in_the_target_stop_an_initial_sync_and_the_message_names_the_choices() {
        snapshot();
        TwinlogException failure = twin.start().awaitFailure();
        assertThat(failure.category()).isEqualTo(Category.CONFIG);
        assertThat(failure).hasMessageContainingAll("public.t", "truncate", "upsert");
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|local", "9|own");
        twin.sql("TRUNCATE t");
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|aa", "2|b", "3|c");
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.states()).anyMatch(s -> s.state() == MemberState.STARTUP2);
    }

    @Test
    void truncate_empties_the_tables_first() {
        snapshot();
        twin.existingRows(ExistingRows.TRUNCATE).start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|aa", "2|b", "3|c");
        assertThat(twin.conflictKinds()).isEmpty();
    }

    @Test
    void upsert_overwrites_rows_with_the_same_key() {
        snapshot();
        twin.existingRows(ExistingRows.UPSERT).start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|aa", "2|b", "3|c", "9|own");
        assertThat(twin.conflictKinds()).isEmpty();
    }

    @Test
    void heartbeats_and_barriers_move_what_wait_looks_at() throws Exception {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY)");
        twin.script().epoch();
        TableScript t = twin.script().table(shape("t", ReplicaIdentity.FULL, key("id", XlogType.INT, "integer")), 1);
        twin.script().commit(tx -> tx.insert(t, 1));
        twin.start().awaitApplied();
        String barrier = Lsn.format(Lsn.parse(io.twinlog.applier.xlog.XlogScript.position(1)) + 0x50);
        try (ProgressView view = new ProgressView(twin.replication(), twin.url(), vendor().user(), "")) {
            assertThat(view.hasReached(barrier)).isFalse();
            twin.sink()
                    .control(io.twinlog.schemas.control.ControlRecord.of(
                            ControlKind.BARRIER, 1, 1, barrier, 1_700_000_000_000_000L, Map.of(Detail.TOKEN, "x")));
            twin.sink().flush();
            Awaitility.await().until(() -> view.hasReached(barrier));
            assertThat(view.offsets()).isNotEmpty();
            assertThat(view.progress().orElseThrow().systemId()).isEqualTo("7000");
        }
    }

    @Test
    void drop_leaves_nothing_behind() {
        snapshot();
        twin.existingRows(ExistingRows.TRUNCATE).start().awaitApplied().stop();
        twin.applierDrop();
        assertThat(twin.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'twinlog'"))
                .containsExactly("0");
    }
}
