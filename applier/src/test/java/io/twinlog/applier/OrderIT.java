package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.Unchanged;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must not be reordered: unique values that change hands, primary-key changes, truncates. */
class OrderIT {

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    static Object[] row(Object... values) {
        return values;
    }

    static TableShape shapeOf(String name, ReplicaIdentity identity) {
        return shape(name, identity, key("id", XlogType.INT, "integer"), column("v", XlogType.TEXT, "text"));
    }

    @ParameterizedTest
    @EnumSource(names = {"FULL", "KEY"})
    void unique_values_change_hands_within_and_across_transactions(ReplicaIdentity identity) {
        twin.sql("CREATE TABLE u (id int PRIMARY KEY, v text UNIQUE)");
        XlogScript script = twin.script().epoch();
        TableScript u = script.table(shapeOf("u", identity), 12);
        script.commit(tx -> tx.insert(u, 1, "a").insert(u, 2, "b"));
        String one = "a";
        String two = "b";
        for (int i = 0; i < 300; i++) {
            String a = one;
            String b = two;
            script.commit(tx -> tx.update(u, row(1, a), row(1, "tmp"))
                    .update(u, row(2, b), row(2, a))
                    .update(u, row(1, "tmp"), row(1, b)));
            one = b;
            two = a;
            int fresh = i + 3;
            String handed = one;
            if (i % 3 == 0) {
                script.commit(tx -> tx.delete(u, 1, handed).insert(u, fresh, handed));
                script.commit(tx -> tx.move(u, row(fresh, handed), row(1, handed)));
            }
        }
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM u ORDER BY id")).containsExactly("1|" + one, "2|" + two);
    }

    @ParameterizedTest
    @EnumSource(names = {"FULL", "KEY"})
    void chains_of_primary_key_changes_keep_the_row_and_what_only_the_target_has(ReplicaIdentity identity) {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, own text DEFAULT 'd')");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", identity), 12);
        script.commit(tx -> tx.insert(t, 1, "1").insert(t, 2, "2"));
        twin.start().awaitApplied();
        twin.sql("UPDATE t SET own = 'o' || id");
        script.commit(tx -> tx.move(t, row(2, "2"), row(3, "2")).move(t, row(1, "1"), row(2, Unchanged.UNCHANGED)));
        twin.awaitApplied();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|1|o1", "3|2|o2");
        // A swap over a third key, and a chain that ends with other changes of the same rows.
        script.commit(tx -> tx.move(t, row(2, "1"), row(-1, "1"))
                .move(t, row(3, "2"), row(2, "2"))
                .move(t, row(-1, "1"), row(3, "1"))
                .update(t, row(3, "1"), row(3, "x"))
                .delete(t, 2, "2")
                .insert(t, 2, "y"));
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("2|y|d", "3|x|o1");
    }

    @Test
    void ten_thousand_keys_change_in_one_statement() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", ReplicaIdentity.FULL), 6);
        script.commit(tx -> {
            for (int i = 10; i < 10_010; i++) {
                tx.insert(t, i, "v" + i);
            }
        });
        script.commit(tx -> {
            for (int i = 10; i < 10_010; i++) {
                tx.move(t, row(i, "v" + i), row(-i, "v" + i));
            }
        });
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT count(*), count(*) FILTER (WHERE v = 'v' || -id AND id < 0) FROM t"))
                .containsExactly("10000|10000");
    }

    @Test
    void a_truncate_stands_between_what_was_before_and_what_comes_after() {
        twin.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v text)",
                "CREATE TABLE child (t int REFERENCES t (id))",
                "INSERT INTO t VALUES (-1, 'local')",
                "INSERT INTO child VALUES (-1)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", ReplicaIdentity.FULL), 6);
        script.commit(tx -> {
            for (int i = 0; i < 1000; i++) {
                tx.insert(t, i, "v");
            }
            tx.truncate(t);
            for (int i = 0; i < 5; i++) {
                tx.insert(t, i, "again");
            }
        });
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT count(*) FROM t WHERE v = 'again'")).containsExactly("5");
        assertThat(twin.rows("SELECT count(*) FROM t")).containsExactly("5");
    }

    @Test
    void one_key_goes_through_everything_in_one_batch() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, own int DEFAULT 7)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", ReplicaIdentity.KEY), 2);
        script.commit(tx -> tx.insert(t, 1, "a")
                .update(t, row(1, "a"), row(1, "b"))
                .delete(t, 1, "b")
                .insert(t, 1, "c")
                .update(t, row(1, "c"), row(1, Unchanged.UNCHANGED))
                .delete(t, 1, "c")
                .insert(t, 1, null)
                .insert(t, 2, "gone")
                .delete(t, 2, "gone"));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM t")).containsExactly("1|null|7");
    }

    @Test
    void identity_key_leaves_unchanged_columns_and_foreign_columns_alone() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text, w text, own text DEFAULT 'd')");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(
                shape(
                        "t",
                        ReplicaIdentity.KEY,
                        key("id", XlogType.INT, "integer"),
                        column("v", XlogType.TEXT, "text"),
                        column("w", XlogType.TEXT, "text")),
                2);
        String big = "toast".repeat(1000);
        script.commit(tx -> tx.insert(t, 1, big, "a").insert(t, 2, big, "b"));
        twin.start().awaitApplied();
        twin.sql("UPDATE t SET own = 'mine'");
        script.commit(tx -> tx.update(t, null, row(1, Unchanged.UNCHANGED, "c")).update(t, null, row(2, null, "d")))
                .commit(tx -> tx.update(t, null, row(2, Unchanged.UNCHANGED, null)));
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT id, length(v), w, own FROM t ORDER BY id"))
                .containsExactly("1|5000|c|mine", "2|null|null|mine");
    }

    @Test
    void null_in_unique_keys_and_deferrable_constraints_park_nothing() {
        twin.sql(
                "CREATE TABLE t (id int PRIMARY KEY, v text, UNIQUE NULLS NOT DISTINCT (v))"
                        .replace(
                                " NULLS NOT DISTINCT",
                                twin.rows("SHOW server_version_num").get(0).compareTo("150000") >= 0
                                        ? " NULLS NOT DISTINCT"
                                        : ""),
                "CREATE TABLE d (id int PRIMARY KEY, v text UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", ReplicaIdentity.FULL), 2);
        TableScript d = script.table(shapeOf("d", ReplicaIdentity.FULL), 2);
        script.commit(tx -> tx.insert(t, 1, null).insert(d, 1, "a").insert(d, 2, "b"))
                .commit(tx -> tx.update(d, row(1, "a"), row(1, "b")).update(d, row(2, "b"), row(2, "a")))
                .commit(tx -> tx.update(t, row(1, null), row(1, "x")).insert(t, 2, null));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|x", "2|null");
        assertThat(twin.rows("SELECT * FROM d ORDER BY id")).containsExactly("1|b", "2|a");
    }

    @Test
    void any_identifier_is_legal() {
        twin.sql(
                "CREATE SCHEMA \"Quoted_\"\" . Schema\"",
                "CREATE TABLE \"Quoted_\"\" . Schema\".\"select %_ tbl-1#2/3\" (\"user\" int PRIMARY KEY, \"A\" text, \"a\" text, \"Ä ü \" text)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(
                new TableShape(
                        "Quoted_\" . Schema",
                        "select %_ tbl-1#2/3",
                        ReplicaIdentity.FULL,
                        java.util.List.of(
                                key("user", XlogType.INT, "integer"),
                                column("A", XlogType.TEXT, "text"),
                                column("a", XlogType.TEXT, "text"),
                                column("Ä ü ", XlogType.TEXT, "text"))),
                2);
        script.commit(tx -> tx.insert(t, 1, "x", "y", "z"))
                .commit(tx -> tx.update(t, row(1, "x", "y", "z"), row(1, "x", "yy", "zz")));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM \"Quoted_\"\" . Schema\".\"select %_ tbl-1#2/3\""))
                .containsExactly("1|x|yy|zz");
    }
}
