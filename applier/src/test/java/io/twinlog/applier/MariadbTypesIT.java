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
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 6 at a MariaDB target: a value arrives equal or is refused, whatever the server would make of it. */
class MariadbTypesIT {

    private static final byte[] POINT = HexFormat.of().parseHex("000000000101000000000000000000F03F0000000000000040");

    private final Twin twin = new Twin(TargetVendor.MARIADB);

    @AfterEach
    void close() {
        twin.close();
    }

    /** A type with values as they travel and what the target must print. */
    private record Case(ColumnShape shape, String targetType, List<Object> values, List<String> texts) {

        static Case of(String type, XlogType travels, Object... pairs) {
            return to(type, type, travels, 0, 0, pairs);
        }

        static Case to(String type, String targetType, XlogType travels, int precision, int scale, Object... pairs) {
            List<Object> values = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < pairs.length; i += 2) {
                values.add(pairs[i]);
                texts.add((String) pairs[i + 1]);
            }
            return new Case(new ColumnShape("", travels, type, precision, scale, false), targetType, values, texts);
        }

        static Case text(String type, String... texts) {
            Object[] pairs = new Object[texts.length * 2];
            for (int i = 0; i < texts.length; i++) {
                pairs[2 * i] = texts[i];
                pairs[2 * i + 1] = texts[i];
            }
            return of(type, XlogType.TEXT, pairs);
        }
    }

    private static final List<Case> MARIADB = List.of(
            Case.of("tinyint(1)", XlogType.INT, 1, "1", -128, "-128"),
            Case.of("tinyint unsigned", XlogType.INT, 255, "255", 0, "0"),
            Case.of("smallint", XlogType.INT, -32768, "-32768"),
            Case.of("mediumint unsigned", XlogType.INT, 16777215, "16777215"),
            Case.of("int", XlogType.INT, Integer.MIN_VALUE, "-2147483648"),
            Case.of("int unsigned", XlogType.LONG, 4294967295L, "4294967295"),
            Case.of("bigint", XlogType.LONG, Long.MIN_VALUE, "-9223372036854775808"),
            Case.to(
                    "bigint unsigned",
                    "bigint unsigned",
                    XlogType.DECIMAL,
                    20,
                    0,
                    "18446744073709551615",
                    "18446744073709551615"),
            Case.to("decimal(12,2)", "decimal(12,2)", XlogType.DECIMAL, 12, 2, "-9999999999.99", "-9999999999.99"),
            Case.to(
                    "decimal(65,30)",
                    "decimal(65,30)",
                    XlogType.DECIMAL,
                    65,
                    30,
                    "0." + "0".repeat(29) + "1",
                    "0." + "0".repeat(29) + "1"),
            Case.of("float", XlogType.FLOAT, 1.1f, "1.1", -0.0f, "-0", Float.MIN_VALUE, "1.4013e-45"),
            Case.to("float", "float(7,2)", XlogType.FLOAT, 0, 0, 12345.67f, "12345.67", -0.1f, "-0.10"),
            Case.to(
                    "double",
                    "double(20,3)",
                    XlogType.DOUBLE,
                    0,
                    0,
                    1234567890123.125,
                    "1234567890123.125",
                    0.1,
                    "0.100"),
            Case.of("double", XlogType.DOUBLE, 0.1, "0.1", 1e300, "1e300"),
            Case.of(
                    "date",
                    XlogType.DATE,
                    0,
                    "1970-01-01",
                    new Exact("0000-00-00"),
                    "0000-00-00",
                    new Exact("2024-00-15"),
                    "2024-00-15"),
            Case.of(
                    "datetime(6)",
                    XlogType.LOCAL_TIMESTAMP,
                    -1L,
                    "1969-12-31 23:59:59.999999",
                    new Exact("0000-00-00 00:00:00.000000"),
                    "0000-00-00 00:00:00.000000"),
            Case.of("datetime", XlogType.LOCAL_TIMESTAMP, 1_000_000L, "1970-01-01 00:00:01"),
            Case.of(
                    "timestamp(3)",
                    XlogType.TIMESTAMP,
                    1_700_000_000_123_000L,
                    "2023-11-14 22:13:20.123",
                    new Exact("0000-00-00 00:00:00.000"),
                    "0000-00-00 00:00:00.000"),
            Case.of(
                    "time(6)",
                    XlogType.TIME,
                    1L,
                    "00:00:00.000001",
                    new Exact("-838:59:59.000000"),
                    "-838:59:59.000000",
                    new Exact("24:00:00.000000"),
                    "24:00:00.000000"),
            Case.of("year", XlogType.INT, 0, "0000", 1901, "1901", 2155, "2155"),
            Case.of("bit(5)", XlogType.TEXT, "10101", "21", "00000", "0"),
            Case.of("bit(64)", XlogType.TEXT, "1".repeat(64), "18446744073709551615"),
            Case.text("char(5)", "ab", "ä"),
            Case.text("varchar(20)", "a  ", "", "\uD83D\uDE00"),
            Case.text("tinytext", "x"),
            Case.text("longtext", "a\u0000b'\"\\", "b".repeat(100_000)),
            Case.text("enum('a','b c','1')", "b c", "1"),
            Case.text("set('x','y','z')", "x,z", ""),
            Case.text("json", "{\"b\": 1,  \"a\": 2}"),
            Case.text("inet4", "10.0.0.1"),
            Case.text("inet6", "2001:db8::1"),
            Case.of(
                    "uuid",
                    XlogType.UUID,
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a00",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a00"),
            Case.of("binary(4)", XlogType.BYTES, new byte[] {1, 0, 0, 0}, "01000000"),
            Case.of("varbinary(20)", XlogType.BYTES, new byte[] {0, -1, 32}, "00FF20", new byte[0], ""),
            Case.of("longblob", XlogType.BYTES, new byte[] {39, 92, 0}, "275C00"),
            Case.of(
                    "geometry",
                    XlogType.BYTES,
                    POINT,
                    HexFormat.of().withUpperCase().formatHex(POINT)));

    private static final List<Case> POSTGRESQL = List.of(
            Case.to("boolean", "tinyint(1)", XlogType.BOOLEAN, 0, 0, true, "1", false, "0"),
            Case.to("smallint", "smallint", XlogType.INT, 0, 0, -32768, "-32768"),
            Case.to("integer", "bigint", XlogType.INT, 0, 0, Integer.MAX_VALUE, "2147483647"),
            Case.to("bigint", "bigint", XlogType.LONG, 0, 0, Long.MIN_VALUE, "-9223372036854775808"),
            Case.to("real", "float", XlogType.FLOAT, 0, 0, 1.5f, "1.5"),
            Case.to("double precision", "double", XlogType.DOUBLE, 0, 0, 0.1, "0.1"),
            Case.to("numeric(12,2)", "decimal(14,4)", XlogType.DECIMAL, 12, 2, "1.10", "1.1000"),
            Case.to("numeric", "longtext", XlogType.TEXT, 0, 0, "NaN", "NaN", "1.10", "1.10"),
            Case.to("bytea", "longblob", XlogType.BYTES, 0, 0, new byte[] {0, 1}, "0001"),
            Case.to("date", "date", XlogType.DATE, 0, 0, 19_000, "2022-01-08"),
            Case.to(
                    "time without time zone",
                    "time(6)",
                    XlogType.TIME,
                    0,
                    0,
                    1L,
                    "00:00:00.000001",
                    new Exact("24:00:00"),
                    "24:00:00.000000"),
            Case.to(
                    "timestamp(3) without time zone",
                    "datetime(3)",
                    XlogType.LOCAL_TIMESTAMP,
                    0,
                    0,
                    1_500_000L,
                    "1970-01-01 00:00:01.500"),
            Case.to(
                    "timestamp with time zone",
                    "timestamp(6) NULL",
                    XlogType.TIMESTAMP,
                    0,
                    0,
                    1_700_000_000_123_456L,
                    "2023-11-14 22:13:20.123456"),
            Case.to(
                    "uuid",
                    "char(36)",
                    XlogType.UUID,
                    0,
                    0,
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            Case.to("character(5)", "char(5)", XlogType.TEXT, 0, 0, "ab   ", "ab"),
            Case.to("character varying(5)", "varchar(7)", XlogType.TEXT, 0, 0, "ab   ", "ab   "),
            Case.to("jsonb", "json", XlogType.TEXT, 0, 0, "{\"a\": 1.10}", "{\"a\": 1.10}"),
            Case.to("bit(3)", "bit(3)", XlogType.TEXT, 0, 0, "101", "5"),
            Case.to("integer[]", "longtext", XlogType.TEXT, 0, 0, "{1,NULL}", "{1,NULL}"));

    @Test
    void every_type_of_mariadb_arrives_equal_and_serves_as_guard() {
        check(MARIADB, TableShape.MARIADB);
    }

    @Test
    void types_of_postgresql_arrive_equal_and_serve_as_guard() {
        check(POSTGRESQL, TableShape.POSTGRESQL);
    }

    private void check(List<Case> cases, String connector) {
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
                Case c = cases.get(i);
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
                "ALTER TABLE `public`.`t` ADD COLUMN `more` uuid;");
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
