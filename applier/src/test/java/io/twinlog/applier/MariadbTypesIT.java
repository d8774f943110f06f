package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.applier.dialect.Dialect;
import io.twinlog.applier.xlog.Exact;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 6 at a MariaDB target: a value arrives equal or is refused, whatever the server would make of it. */
class MariadbTypesIT {

    private final Twin twin = new Twin(TargetVendor.MARIADB);

    @AfterEach
    void close() {
        twin.close();
    }

    @Test
    void every_type_of_mariadb_arrives_equal_and_serves_as_guard() {
        check(
                TargetTypeCase.MARIADB.stream()
                        .filter(each -> Servers.mariadb().knows(each.targetType()))
                        .toList(),
                TableShape.MARIADB);
    }

    @Test
    void types_of_postgresql_arrive_equal_and_serve_as_guard() {
        check(TargetTypeCase.POSTGRESQL, TableShape.POSTGRESQL);
    }

    private void check(List<TargetTypeCase> cases, String connector) {
        List<ColumnShape> columns = new ArrayList<>(List.of(key("id", XlogType.INT, "int")));
        StringBuilder create = new StringBuilder("CREATE TABLE t (id int PRIMARY KEY");
        StringBuilder shown = new StringBuilder("SELECT id");
        for (int i = 0; i < cases.size(); i++) {
            ColumnShape shape = cases.get(i).shape();
            columns.add(
                    new ColumnShape("c" + i, shape.type(), shape.sqlType(), shape.precision(), shape.scale(), false));
            String type = cases.get(i).targetType();
            create.append(", c").append(i).append(' ').append(type).append(type.contains("NULL") ? "" : " NULL");
            boolean bytes = shape.type() == XlogType.BYTES;
            boolean bits = type.startsWith("bit");
            shown.append(bytes ? ", hex(c" + i + ")" : bits ? ", c" + i + " + 0" : ", cast(c" + i + " AS char)");
        }
        twin.sql(create.toString().replace("CREATE TABLE", "CREATE  TABLE") + ")");
        twin.script().epoch();
        TableScript t = twin.script().table(new TableShape("public", "t", ReplicaIdentity.FULL, columns, connector), 2);
        int variants = cases.stream().mapToInt(c -> c.values().size()).max().orElseThrow();
        // Versions before 11 keep the sign, but do not show it.
        String minusZero = twin.rows("SELECT CONCAT(-0e0)").get(0);
        List<Object[]> rows = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int v = 0; v <= variants; v++) {
            Object[] row = new Object[columns.size()];
            List<String> text = new ArrayList<>();
            row[0] = v;
            for (int i = 0; i < cases.size(); i++) {
                TargetTypeCase c = cases.get(i);
                row[i + 1] =
                        v == variants ? null : c.values().get(v % c.values().size());
                text.add(v == variants ? "null" : c.texts().get(v % c.texts().size()));
            }
            rows.add(row);
            texts.add(String.join("|", text).replace("|-0|", "|" + minusZero + "|"));
        }
        twin.script().commit(tx -> rows.forEach(row -> tx.insert(t, row)));
        twin.start().awaitApplied();
        assertThat(twin.conflicts()).isEmpty();
        assertThat(twin.rows(shown + " FROM t ORDER BY id")).isEqualTo(numbered(texts, 0));
        twin.script().commit(tx -> {
            for (int v = 0; v < rows.size(); v++) {
                tx.update(t, rows.get(v), withKey(v, rows.get((v + 1) % rows.size())));
            }
        });
        twin.awaitApplied();
        assertThat(twin.conflicts()).isEmpty();
        assertThat(twin.rows(shown + " FROM t ORDER BY id")).isEqualTo(numbered(texts, 1));
        twin.script().commit(tx -> {
            for (int v = 1; v < rows.size(); v++) {
                tx.delete(t, withKey(v, rows.get((v + 1) % rows.size())));
            }
        });
        twin.awaitApplied();
        assertThat(twin.conflicts()).isEmpty();
        assertThat(twin.rows("SELECT id FROM t")).containsExactly("0");
    }

    private static List<String> numbered(List<String> texts, int shift) {
        List<String> numbered = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            numbered.add(i + "|" + texts.get((i + shift) % texts.size()));
        }
        return numbered;
    }

    private static Object[] withKey(int id, Object[] values) {
        Object[] row = values.clone();
        row[0] = id;
        return row;
    }

    private TableScript table(String connector, ColumnShape... columns) {
        twin.script().epoch();
        return twin.script()
                .table(new TableShape("public", "t", ReplicaIdentity.FULL, Arrays.asList(columns), connector), 1);
    }

    @Test
    void what_the_server_would_bend_is_parked() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, x double, d decimal(5,2), day date, s varchar(3), n smallint)");
        TableScript t = table(
                TableShape.POSTGRESQL,
                key("id", XlogType.INT, "integer"),
                column("x", XlogType.DOUBLE, "double precision"),
                new ColumnShape("d", XlogType.DECIMAL, "numeric(5,2)", 5, 2, false),
                column("day", XlogType.DATE, "date"),
                column("s", XlogType.TEXT, "character varying(3)"),
                column("n", XlogType.INT, "smallint"));
        twin.sql("INSERT INTO t VALUES (10, 1, 1, '2024-01-01', 'x', 1)");
        twin.script()
                .commit(tx -> tx.insert(t, 1, Double.NaN, "1.00", 0, "a", 1)
                        .insert(t, 2, 1.0, new Exact("NaN"), 0, "a", 1)
                        .insert(t, 3, 1.0, "1.00", new Exact("infinity"), "a", 1)
                        .insert(t, 4, 1.0, "1.00", -1_000_000, "a", 1)
                        // The server would cut off spaces without a word.
                        .insert(t, 5, 1.0, "1.00", 0, "abc ", 1)
                        .insert(t, 6, 1.0, "1.00", 0, "a", 70_000)
                        .insert(t, 7, 1.0, "1.00", 0, "abc", 32_767)
                        // A before image that the column cannot hold is no row of this table.
                        .update(
                                t,
                                new Object[] {10, Double.NaN, new Exact("NaN"), new Exact("infinity"), "x", 1},
                                new Object[] {10, 2.0, "2.00", 1, "x", 1})
                        .delete(t, 10, 1.0, "1.00", new Exact("-infinity"), "x", 1));
        twin.start().awaitApplied();
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-1 conversion held",
                        "1-1-2 conversion held",
                        "1-1-3 conversion held",
                        "1-1-4 conversion held",
                        "1-1-5 conversion held",
                        "1-1-6 conversion held",
                        "1-1-8 update_differs held",
                        "1-1-9 behind held 1-1-8");
        assertThat(twin.rows("SELECT id, s, n FROM t ORDER BY id")).containsExactly("7|abc|32767", "10|x|1");
        assertThat(twin.conflicts())
                .filteredOn(c -> c.id().equals("1-1-8"))
                .singleElement()
                .satisfies(c -> assertThat(c.differing()).containsExactly("x", "d", "day"));
        assertThat(twin.messages()).noneMatch(line -> line.contains("abc"));
    }

    /** The log tells of {@code float(m,d)} that it is a float. */
    @Test
    void what_a_float_with_digits_would_round_is_parked() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, f float(7,2), d double(9,1))");
        TableScript t = table(
                TableShape.MARIADB,
                key("id", XlogType.INT, "int"),
                column("f", XlogType.FLOAT, "float"),
                column("d", XlogType.DOUBLE, "double"));
        twin.script()
                .commit(tx -> tx.insert(t, 1, 0.125f, 0.1)
                        .insert(t, 2, 0.25f, 0.15)
                        // As a column of the same type has it: the server takes apart what is before the point.
                        .insert(t, 3, 12345.67f, -1 + 0.7)
                        .insert(t, 4, 0f, 1e9));
        twin.start().awaitApplied();
        assertThat(twin.outcomes())
                .containsExactly("1-1-1 conversion held", "1-1-2 conversion held", "1-1-4 conversion held");
        assertThat(twin.rows("SELECT * FROM t")).containsExactly("3|12345.67|-0.3");
    }

    @Test
    void text_is_compared_byte_by_byte_whatever_the_collation() {
        twin.sql(
                "CREATE TABLE t (k varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, v varchar(10)"
                        + " CHARACTER SET latin1)",
                "INSERT INTO t VALUES ('a', 'X'), ('b', 'y'), ('c', 'z'), ('é', 'ö')");
        TableScript t = table(
                TableShape.MARIADB, key("k", XlogType.TEXT, "varchar(10)"), column("v", XlogType.TEXT, "varchar(10)"));
        twin.script()
                .commit(tx -> tx.update(t, new Object[] {"a", "x"}, new Object[] {"a", "n"}))
                .commit(tx -> tx.update(t, new Object[] {"B", "y"}, new Object[] {"B", "n"}))
                .commit(tx -> tx.update(t, new Object[] {"c", "z "}, new Object[] {"c", "n"}))
                .commit(tx -> tx.update(t, new Object[] {"é", "ö"}, new Object[] {"é", "ü"}))
                .commit(tx -> tx.insert(t, "A", "taken").insert(t, "d", "日").delete(t, "e", "日"));
        twin.start().awaitApplied();
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-1 update_differs held",
                        "1-2-1 update_missing held",
                        "1-3-1 update_differs held",
                        "1-5-1 unique_exists held",
                        "1-5-2 conversion held",
                        "1-5-3 delete_missing held");
        assertThat(twin.rows("SELECT k, v FROM t ORDER BY k")).containsExactly("a|X", "b|y", "c|z", "é|ü");
        assertThat(twin.conflicts())
                .filteredOn(c -> c.id().equals("1-5-1"))
                .singleElement()
                .satisfies(c -> assertThat(c.blocking())
                        .singleElement()
                        .satisfies(row -> assertThat(row).containsEntry("k", "a")));
    }

    @Test
    void what_the_server_would_fill_in_by_itself_is_what_the_source_has() {
        twin.sql(
                "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v int, at timestamp(6) NOT NULL DEFAULT"
                        + " current_timestamp(6) ON UPDATE current_timestamp(6), own datetime DEFAULT '2000-01-01', g int AS (v + 1))");
        TableScript t = table(
                TableShape.MARIADB,
                key("id", XlogType.INT, "int"),
                column("v", XlogType.INT, "int"),
                column("at", XlogType.TIMESTAMP, "timestamp(6)"),
                column("g", XlogType.INT, "int"));
        twin.script()
                .commit(tx -> tx.insert(t, 0, 1, 1_000_000L, 2))
                .commit(tx -> tx.update(t, new Object[] {0, 1, 1_000_000L, 2}, new Object[] {0, 5, 1_000_000L, 6}))
                .commit(tx -> tx.insert(t, 1, 1, null, 2));
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT id, v, at, own, g FROM t"))
                .containsExactly("0|5|1970-01-01 00:00:01.000000|2000-01-01 00:00:00|6");
        assertThat(twin.outcomes()).containsExactly("1-3-1 constraint held");
    }

    @Test
    void a_table_that_cannot_hold_every_value_or_knows_no_transactions_stops_the_start() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v varchar(10), n int unsigned, at datetime(3)) ENGINE = MyISAM");
        TableScript t = table(
                TableShape.POSTGRESQL,
                key("id", XlogType.INT, "integer"),
                column("v", XlogType.TEXT, "text"),
                column("n", XlogType.INT, "integer"),
                column("at", XlogType.LOCAL_TIMESTAMP, "timestamp without time zone"),
                column("more", XlogType.UUID, "uuid"));
        twin.script().commit(tx -> tx.insert(t, 1, "a", 1, 0L, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"));
        TwinlogException failure = twin.start().awaitFailure();
        assertThat(failure.category()).isEqualTo(Category.SCHEMA);
        List<String> remedies = List.of(
                "ALTER TABLE `public`.`t` ENGINE = InnoDB;",
                "ALTER TABLE `public`.`t` MODIFY COLUMN `v` longtext CHARACTER SET utf8mb4;",
                "ALTER TABLE `public`.`t` MODIFY COLUMN `n` int;",
                "ALTER TABLE `public`.`t` MODIFY COLUMN `at` datetime(6);",
                "ALTER TABLE `public`.`t` ADD COLUMN `more` "
                        + (Servers.mariadb().knows("uuid") ? "uuid;" : "char(36) CHARACTER SET ascii;"));
        assertThat(failure).hasMessageContainingAll(remedies.toArray(String[]::new));
        remedies.forEach(twin::sql);
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT id, v, n FROM t")).containsExactly("1|a|1");
    }

    @Test
    void what_the_driver_is_told_is_ours() {
        for (String parameter : List.of("useBulkStmts=true", "useAffectedRows=true", "sessionVariables=sql_mode=''")) {
            assertThatThrownBy(() -> Dialect.MARIADB.connect(twin.url() + "?" + parameter, "root", "", "test"))
                    .isInstanceOf(TwinlogException.class)
                    .hasMessageContaining("must not set " + parameter.split("=", 2)[0]);
        }
    }

    @Test
    void a_missing_table_is_told_with_the_statement_that_makes_it() {
        TableScript t = table(
                TableShape.MARIADB,
                key("k", XlogType.TEXT, "varchar(20)"),
                column("v", XlogType.TEXT, "enum('a','b')"));
        twin.script().commit(tx -> tx.insert(t, "1", "a"));
        TwinlogException failure = twin.start().awaitFailure();
        String create =
                "CREATE TABLE `public`.`t` (`k` varchar(20), `v` enum('a','b'), PRIMARY KEY (`k`)) ENGINE = InnoDB;";
        assertThat(failure).hasMessageContaining(create);
        twin.sql(" " + create);
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t")).containsExactly("1|a");
    }
}
