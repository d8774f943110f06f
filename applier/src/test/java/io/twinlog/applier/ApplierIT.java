package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.decimal;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplierIT {

    static final TableShape ORDERS = shape(
            "orders",
            ReplicaIdentity.FULL,
            key("id", XlogType.INT, "integer"),
            column("customer", XlogType.TEXT, "text"),
            decimal("amount", 12, 2));

    final Twin twin = new Twin(vendor());

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.POSTGRESQL;
    }

    @AfterEach
    void close() {
        twin.close();
    }

    private TableScript orders() {
        twin.sql("CREATE TABLE orders (id int PRIMARY KEY, customer text, amount numeric(12,2))");
        twin.script().epoch();
        return twin.script().table(ORDERS, 3);
    }

    private static Object[] row(Object... values) {
        return values;
    }

    @Test
    void transactions_are_applied_in_order() {
        TableScript orders = orders();
        twin.script()
                .commit(t -> t.insert(orders, 1, "ada", "10.50").insert(orders, 2, "bob", "0.01"))
                .commit(t -> t.update(orders, row(1, "ada", "10.50"), row(1, "ada", "99999.99")))
                .commit(t -> t.delete(orders, 2, "bob", "0.01"));
        twin.start().awaitApplied();
        twin.script().commit(t -> t.insert(orders, 3, null, "-7.00"));
        twin.awaitApplied();
        assertThat(twin.rows("SELECT * FROM orders ORDER BY id")).containsExactly("1|ada|99999.99", "3|null|-7.00");
        assertThat(twin.conflicts()).isEmpty();
        assertThat(twin.rows("SELECT epoch, seq FROM twinlog.progress")).containsExactly("1|4");
    }

    @Test
    void a_restarted_applier_continues_behind_the_last_commit() {
        TableScript orders = orders();
        twin.script().commit(t -> t.insert(orders, 1, "ada", "1.00"));
        twin.start().awaitApplied().stop();
        twin.script().commit(t -> t.insert(orders, 2, "bob", "2.00"));
        twin.start().awaitApplied().stop();
        assertThat(twin.rows("SELECT id FROM orders ORDER BY id")).containsExactly("1", "2");
        assertThat(twin.conflicts()).isEmpty();
    }

    @Test
    void each_conflict_kind_is_parked_and_everything_else_goes_on() {
        TableScript orders = orders();
        twin.sql("INSERT INTO orders VALUES (1, 'local', 1), (2, 'other', 2), (4, 'other', 4)");
        twin.script()
                .commit(t -> t.insert(orders, 1, "ada", "1.00").insert(orders, 100, "x", "1.00"))
                .commit(t -> t.update(orders, row(2, "bob", "2.00"), row(2, "bill", "2.00"))
                        .update(orders, row(3, "c", "3.00"), row(3, "d", "3.00"))
                        .insert(orders, 101, "x", "1.00"))
                .commit(t -> t.delete(orders, 4, "dan", "4.00")
                        .delete(orders, 5, "eve", "5.00")
                        .insert(orders, 102, "x", "1.00"));
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT id, customer FROM orders ORDER BY id"))
                .containsExactly("1|local", "2|other", "4|other", "100|x", "101|x", "102|x");
        assertThat(twin.conflictKinds())
                .containsExactly(
                        "1-1-1 insert_exists",
                        "1-2-1 update_differs",
                        "1-2-2 update_missing",
                        "1-3-1 delete_differs",
                        "1-3-2 delete_missing");
        assertThat(twin.conflicts().get(1).differing()).isEqualTo(List.of("customer"));
        assertThat(twin.conflicts().get(1).current())
                .containsEntry("customer", "other")
                .containsEntry("amount", "2.00");
        assertThat(twin.messages())
                .anyMatch(line -> line.startsWith("Update matches no row: table public.orders, at ")
                        && line.endsWith("see `twinlog conflicts show 1-2-2`."));
    }
}
