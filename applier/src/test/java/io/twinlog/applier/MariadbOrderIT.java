package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.applier.xlog.XlogScript;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link OrderIT} demands, of a MariaDB target. */
class MariadbOrderIT extends OrderIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    /** It has no constraints that wait for the commit, and null is equal to nothing. */
    @Test
    @Override
    void null_in_unique_keys_and_deferrable_constraints_park_nothing() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v text UNIQUE)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(shapeOf("t", ReplicaIdentity.FULL), 2);
        script.commit(tx -> tx.insert(t, 1, null).insert(t, 2, null))
                .commit(tx -> tx.update(t, row(1, null), row(1, "x")).insert(t, 3, null));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|x", "2|null", "3|null");
    }

    /** Any that it allows: no two columns that differ in their case alone, no space at the end. */
    @Test
    @Override
    void any_identifier_is_legal() {
        twin.sql(
                "DROP DATABASE IF EXISTS \"Quoted_\"\" ` . Schema\"",
                "CREATE DATABASE \"Quoted_\"\" ` . Schema\"",
                "CREATE TABLE \"Quoted_\"\" ` . Schema\".\"select %_ tbl-1#2/3\" (\"user\" int PRIMARY KEY, \"A\" longtext,"
                        + " \"key\" longtext, \"Ä ü?\" longtext)");
        XlogScript script = twin.script().epoch();
        TableScript t = script.table(
                new TableShape(
                        "Quoted_\" ` . Schema",
                        "select %_ tbl-1#2/3",
                        ReplicaIdentity.FULL,
                        List.of(
                                key("user", XlogType.INT, "integer"),
                                column("A", XlogType.TEXT, "text"),
                                column("key", XlogType.TEXT, "text"),
                                column("Ä ü?", XlogType.TEXT, "text"))),
                2);
        script.commit(tx -> tx.insert(t, 1, "x", "y", "z"))
                .commit(tx -> tx.update(t, row(1, "x", "y", "z"), row(1, "x", "yy", "zz")));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM \"Quoted_\"\" ` . Schema\".\"select %_ tbl-1#2/3\""))
                .containsExactly("1|x|yy|zz");
    }
}
