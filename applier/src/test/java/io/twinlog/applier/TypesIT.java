package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.Exact;
import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import io.twinlog.schemas.table.XlogType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 6: every value arrives equal, by insert, by update and as guard. */
class TypesIT {

    private final Twin twin = new Twin();

    @AfterEach
    void close() {
        twin.close();
    }

    /** A type with values as they travel and the text that the target must print. */
    private record Case(String sqlType, XlogType type, Object[] values, String[] texts) {}

    private static Case of(String sqlType, XlogType type, Object... pairs) {
        Object[] values = new Object[pairs.length / 2];
        String[] texts = new String[pairs.length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = pairs[2 * i];
            texts[i] = (String) pairs[2 * i + 1];
        }
        return new Case(sqlType, type, values, texts);
    }

    /** Types that travel as the text that the source prints. */
    private static Case text(String sqlType, String... texts) {
        return new Case(sqlType, XlogType.TEXT, texts, texts);
    }

    private static final List<Case> CASES = List.of(
            of("boolean", XlogType.BOOLEAN, true, "true", false, "false"),
            of("smallint", XlogType.INT, -32768, "-32768", 32767, "32767"),
            of("integer", XlogType.INT, Integer.MIN_VALUE, "-2147483648", 0, "0"),
            of("bigint", XlogType.LONG, Long.MIN_VALUE, "-9223372036854775808", Long.MAX_VALUE, "9223372036854775807"),
            of(
                    "real",
                    XlogType.FLOAT,
                    1.5f,
                    "1.5",
                    Float.NaN,
                    "NaN",
                    Float.NEGATIVE_INFINITY,
                    "-Infinity",
                    -0.0f,
                    "-0"),
            of("double precision", XlogType.DOUBLE, 0.1, "0.1", 1e300, "1e+300", Double.MIN_VALUE, "5e-324"),
            of("bytea", XlogType.BYTES, HexFormat.of().parseHex("00ff10"), "\\x00ff10", new byte[0], "\\x"),
            of(
                    "date",
                    XlogType.DATE,
                    0,
                    "1970-01-01",
                    -1_000_000,
                    "0769-02-04 BC",
                    new Exact("infinity"),
                    "infinity",
                    new Exact("-infinity"),
                    "-infinity"),
            of("time without time zone", XlogType.TIME, 1L, "00:00:00.000001", new Exact("24:00:00"), "24:00:00"),
            of(
                    "timestamp without time zone",
                    XlogType.LOCAL_TIMESTAMP,
                    -1L,
                    "1969-12-31 23:59:59.999999",
                    new Exact("infinity"),
                    "infinity",
                    new Exact("294276-12-31 23:59:59.999999"),
                    "294276-12-31 23:59:59.999999",
                    -62_200_000_000_000_000L,
                    "0003-12-17 14:13:20 BC"),
            of(
                    "timestamp with time zone",
                    XlogType.TIMESTAMP,
                    0L,
                    "1970-01-01 00:00:00+00",
                    new Exact("-infinity"),
                    "-infinity"),
            of("uuid", XlogType.UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            text("numeric", "NaN", "Infinity", "-Infinity", "0.00000000000000000001", "1" + "0".repeat(200), "1.10"),
            text("text", "", "ä\u0001'\"\\", "\uD83D\uDE00", "a".repeat(100_000)),
            text("character varying(10)", "abc  ", ""),
            text("character(5)", "ab   ", "     "),
            text("\"char\"", "x", ""),
            text("name", "some_name"),
            text("interval", "1 mon", "30 days", "-1 years -2 mons +3 days -04:05:06.789", "00:00:00"),
            text("time with time zone", "13:00:00+02", "24:00:00-12:30"),
            text("money", "$12.34", "-$92,233,720,368,547,758.08"),
            text("bit(5)", "10101"),
            text("bit varying(8)", "1", ""),
            text("inet", "192.168.0.1/24", "::1/128"),
            text("cidr", "10.0.0.0/8"),
            text("macaddr", "08:00:2b:01:02:03"),
            text("macaddr8", "08:00:2b:01:02:03:04:05"),
            text("json", "{\"b\": 1,  \"a\": 2}", "null"),
            text("jsonb", "{\"a\": 1.10, \"b\": null}"),
            text("point", "(1,2)", "(-0,1e+300)"),
            text("line", "{1,2,3}"),
            text("lseg", "[(0,0),(1,1)]"),
            text("box", "(2,2),(1,1)"),
            text("path", "[(0,0),(1,1)]", "((0,0),(1,1))"),
            text("polygon", "((0,0),(1,1),(2,0))"),
            text("circle", "<(1,2),3>"),
            text("tsvector", "'a':1A 'b'", ""),
            text("tsquery", "'a' & !'b'"),
            text("pg_lsn", "16/B374D848"),
            text("oid", "4294967295"),
            text("xid", "4294967295"),
            text("int4range", "[1,5)", "empty", "(,)"),
            text("tstzrange", "[\"2024-01-01 00:00:00+00\",)"),
            text("nummultirange", "{[1.5,2.5),[3,4]}"),
            text("integer[]", "{1,NULL,3}", "{}", "[0:1]={7,8}", "{{1,2},{3,4}}"),
            text("text[]", "{\"a,b\",NULL,\"NULL\",\"\"}"),
            text("numeric(5,2)[]", "{1.10,NULL}"),
            text("character(3)[]", "{\"a  \",bcd}"),
            text("timestamp with time zone[]", "{\"2024-01-01 00:00:00+00\",infinity}"),
            text("mood", "happy", "sehr traurig"),
            text("mood[]", "{happy,\"sehr traurig\"}"),
            text("pair", "(1,\"a,b\")", "(,)"),
            text("posint", "5"),
            text("\"Odd \"\"Type\"", "x"));

    private static final String[] TYPES = {
        "CREATE TYPE mood AS ENUM ('happy', 'sehr traurig')",
        "CREATE TYPE pair AS (x int, y text)",
        "CREATE DOMAIN posint AS int CHECK (value > 0)",
        "CREATE TYPE \"Odd \"\"Type\" AS ENUM ('x', 'y')"
    };

    @Test
    void every_type_arrives_equal_and_serves_as_guard() {
        twin.sql(TYPES);
        ColumnShape[] columns = new ColumnShape[CASES.size() + 1];
        StringBuilder create = new StringBuilder("CREATE TABLE t (id int PRIMARY KEY");
        columns[0] = key("id", XlogType.INT, "integer");
        for (int i = 0; i < CASES.size(); i++) {
            columns[i + 1] = column("c" + i, CASES.get(i).type(), CASES.get(i).sqlType());
            create.append(", c").append(i).append(' ').append(CASES.get(i).sqlType());
        }
        twin.sql(create + ")");
        twin.script().epoch();
        TableScript t = twin.script().table(shape("t", ReplicaIdentity.FULL, columns), 2);

        int variants = CASES.stream().mapToInt(c -> c.values().length).max().orElseThrow();
        List<Object[]> rows = new ArrayList<>();
        for (int v = 0; v <= variants; v++) {
            Object[] row = new Object[columns.length];
            row[0] = v;
            for (int i = 0; i < CASES.size() && v < variants; i++) {
                Object[] values = CASES.get(i).values();
                row[i + 1] = values[v % values.length];
            }
            rows.add(row);
        }
        // Every row as insert; then every row takes the values of its neighbour, guarded by its own; then all are
        // deleted but one.
        twin.script().commit(tx -> rows.forEach(row -> tx.insert(t, row)));
        twin.start().awaitApplied();
        check(variants, 0);
        twin.script().commit(tx -> {
            for (int v = 0; v < rows.size(); v++) {
                tx.update(t, rows.get(v), withKey(v, rows.get((v + 1) % rows.size())));
            }
        });
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        check(variants, 1);
        twin.script().commit(tx -> {
            for (int v = 1; v < rows.size(); v++) {
                tx.delete(t, withKey(v, rows.get((v + 1) % rows.size())));
            }
        });
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT id FROM t")).containsExactly("0");
    }

    private static Object[] withKey(int id, Object[] values) {
        Object[] row = values.clone();
        row[0] = id;
        return row;
    }

    private void check(int variants, int shift) {
        for (int i = 0; i < CASES.size(); i++) {
            Case c = CASES.get(i);
            List<String> expected = new ArrayList<>();
            for (int v = 0; v <= variants; v++) {
                int from = (v + shift) % (variants + 1);
                expected.add(from == variants ? "null" : c.texts()[from % c.texts().length]);
            }
            boolean padded = c.sqlType().equals("character(5)");
            String shown = padded ? "rpad(c" + i + "::text, 5)" : "c" + i + "::text";
            assertThat(twin.rows("SELECT " + shown + " FROM t ORDER BY id"))
                    .as(c.sqlType())
                    .isEqualTo(expected);
        }
    }

    @Test
    void random_decimals_arrive_equal() {
        Random random = new Random(4711);
        for (int[] type :
                new int[][] {{12, 2}, {18, 0}, {10, 4}, {38, 10}, {30, 29}, {5, 5}, {60, 3}, {9, 1}, {20, 7}}) {
            String table = "d" + type[0] + "_" + type[1];
            twin.sql("CREATE TABLE " + table + " (id int PRIMARY KEY, v numeric(" + type[0] + "," + type[1] + "))");
        }
        twin.script().epoch();
        List<List<String>> expected = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        for (int[] type :
                new int[][] {{12, 2}, {18, 0}, {10, 4}, {38, 10}, {30, 29}, {5, 5}, {60, 3}, {9, 1}, {20, 7}}) {
            String name = "d" + type[0] + "_" + type[1];
            tables.add(name);
            TableScript t = twin.script()
                    .table(
                            shape(
                                    name,
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.INT, "integer"),
                                    io.twinlog.applier.xlog.XlogScript.decimal("v", type[0], type[1])),
                            1);
            List<String> values = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                BigInteger unscaled = new BigInteger(random.nextInt((int) (type[0] * 3.3)) + 1, random)
                        .mod(BigInteger.TEN.pow(type[0]));
                if (i % 7 == 0) {
                    unscaled = unscaled.divide(BigInteger.TEN.pow(4)).multiply(BigInteger.TEN.pow(4));
                }
                values.add(
                        new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), type[1]).toPlainString());
            }
            expected.add(values);
            twin.script().commit(tx -> {
                for (int i = 0; i < values.size(); i++) {
                    tx.insert(t, i, values.get(i));
                }
            });
        }
        twin.start().awaitApplied();
        for (int i = 0; i < tables.size(); i++) {
            assertThat(twin.rows("SELECT v::text FROM " + tables.get(i) + " ORDER BY id"))
                    .as(tables.get(i))
                    .isEqualTo(expected.get(i));
        }
    }

    @Test
    void keys_of_odd_types_are_found() {
        twin.sql("CREATE TABLE t (a numeric, b date, c character(4), d text, e uuid, f bytea, v int,"
                + " PRIMARY KEY (a, b, c, d, e, f))");
        twin.script().epoch();
        TableScript t = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("a", XlogType.TEXT, "numeric"),
                                key("b", XlogType.DATE, "date"),
                                key("c", XlogType.TEXT, "character(4)"),
                                key("d", XlogType.TEXT, "text"),
                                key("e", XlogType.UUID, "uuid"),
                                key("f", XlogType.BYTES, "bytea"),
                                column("v", XlogType.INT, "integer")),
                        3);
        Object[] one = {"NaN", new Exact("infinity"), "x   ", "", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", new byte[0], 1
        };
        Object[] two = {"1.50", -5, "y   ", "ä", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12", new byte[] {0}, 1};
        twin.script()
                .commit(tx -> tx.insert(t, one).insert(t, two))
                .commit(tx -> tx.update(t, one, withLast(one, 2)).update(t, two, withLast(two, 3)));
        twin.start().awaitApplied();
        twin.script().commit(tx -> tx.delete(t, withLast(one, 2)));
        twin.awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT a, v FROM t")).containsExactly("1.50|3");
    }

    private static Object[] withLast(Object[] row, Object value) {
        Object[] copy = row.clone();
        copy[copy.length - 1] = value;
        return copy;
    }

    @Test
    void a_column_that_the_target_lacks_stops_with_the_statement_and_goes_on_after_it() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, own text DEFAULT 'mine')");
        twin.script().epoch();
        TableScript old = twin.script().table(shape("t", ReplicaIdentity.FULL, key("id", XlogType.INT, "integer")), 1);
        twin.script().commit(tx -> tx.insert(old, 1));
        twin.start().awaitApplied();
        TableScript fresh = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("Odd\"name", XlogType.TEXT, "character varying(3)")),
                        1);
        twin.script().commit(tx -> tx.insert(fresh, 2, "abc"));
        TwinlogException failure = twin.awaitFailure();
        assertThat(failure.category()).isEqualTo(Category.SCHEMA);
        String remedy = "ALTER TABLE \"public\".\"t\" ADD COLUMN \"Odd\"\"name\" character varying(3);";
        assertThat(failure).hasMessageContaining(remedy);
        twin.sql(remedy);
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|mine|null", "2|mine|abc");
    }

    @Test
    void a_type_that_would_lose_digits_stops_and_a_missing_table_too() {
        twin.sql("CREATE TABLE t (id int PRIMARY KEY, v numeric(10,1))");
        twin.script().epoch();
        TableScript t = twin.script()
                .table(
                        shape(
                                "t",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                io.twinlog.applier.xlog.XlogScript.decimal("v", 10, 2)),
                        1);
        TableScript u = twin.script().table(shape("u", ReplicaIdentity.FULL, key("id", XlogType.LONG, "bigint")), 1);
        twin.script().commit(tx -> tx.insert(t, 1, "1.25"));
        twin.script().commit(tx -> tx.insert(u, 1L));
        assertThat(twin.start().awaitFailure())
                .hasMessageContaining("ALTER TABLE \"public\".\"t\" ALTER COLUMN \"v\" TYPE numeric(10,2);");
        twin.sql("ALTER TABLE t ALTER COLUMN v TYPE numeric(12,2)");
        assertThat(twin.start().awaitFailure())
                .hasMessageContaining("CREATE TABLE \"public\".\"u\" (\"id\" bigint, PRIMARY KEY (\"id\"));");
        twin.sql("CREATE TABLE u (id bigint PRIMARY KEY)");
        twin.start().awaitApplied();
        assertThat(twin.rows("SELECT * FROM t")).containsExactly("1|1.25");
        assertThat(twin.rows("SELECT * FROM u")).containsExactly("1");
    }

    /** As the same rows, or as conflicts where the type has no such value. */
    @Test
    void columns_of_mariadb_arrive_in_types_that_it_does_not_have() {
        twin.sql(
                "CREATE TYPE state AS ENUM ('new', 'Sold')",
                "CREATE TABLE m (id int PRIMARY KEY, flag boolean, bit boolean, state state, doc json)");
        twin.script().epoch();
        TableScript m = twin.script()
                .table(
                        new TableShape(
                                "public",
                                "m",
                                ReplicaIdentity.FULL,
                                List.of(
                                        key("id", XlogType.INT, "int"),
                                        column("flag", XlogType.INT, "tinyint(1)"),
                                        column("bit", XlogType.TEXT, "bit(1)"),
                                        column("state", XlogType.TEXT, "enum('new','Sold','sold','')"),
                                        column("doc", XlogType.TEXT, "longtext")),
                                TableShape.MARIADB),
                        1);
        String document = "{\"b\": 1.0,  \"a\": [], \"a\": 1}";
        twin.script()
                .commit(tx -> tx.insert(m, 1, 0, "1", "new", document)
                        .insert(m, 2, 2, "1", "new", "{}")
                        .insert(m, 3, 1, "0", "sold", "{}")
                        .insert(m, 4, 1, "0", "new", "{")
                        .insert(m, 5, -1, "0", "new", "{}")
                        .insert(m, 6, null, null, null, null));
        twin.start().awaitApplied();
        twin.script()
                .commit(tx -> tx.update(m, new Object[] {1, 0, "1", "new", document}, new Object[] {
                            1, 1, "0", "Sold", document + " "
                        })
                        .update(m, new Object[] {6, 1, null, null, null}, new Object[] {6, 0, null, null, null}));
        twin.awaitApplied();
        assertThat(twin.outcomes())
                .containsExactly(
                        "1-1-2 conversion held",
                        "1-1-3 conversion held",
                        "1-1-4 conversion held",
                        "1-1-5 conversion held",
                        "1-2-2 update_differs held");
        assertThat(twin.rows("SELECT * FROM m ORDER BY id"))
                .containsExactly("1|t|f|Sold|" + document + " ", "6|null|null|null|null");
        // Many at once would go by COPY, which takes no text for a boolean.
        twin.script().commit(tx -> {
            for (int id = 100; id < 500; id++) {
                tx.insert(m, id, id % 2, id % 3 == 0 ? "1" : "0", "new", null);
            }
        });
        twin.awaitApplied();
        assertThat(twin.rows("SELECT count(*), count(*) FILTER (WHERE flag), count(*) FILTER (WHERE bit) FROM m"))
                .containsExactly("402|201|133");
    }

    @Test
    void generated_and_identity_columns_are_respected() {
        twin.sql("CREATE TABLE g (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int,"
                + " s int GENERATED ALWAYS AS (a * 2) STORED)");
        twin.script().epoch();
        TableScript g = twin.script()
                .table(
                        shape(
                                "g",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.LONG, "bigint"),
                                column("a", XlogType.INT, "integer"),
                                column("s", XlogType.INT, "integer")),
                        1);
        twin.script()
                .commit(tx -> tx.insert(g, 42L, 1, 2).insert(g, 43L, 5, 10))
                .commit(tx -> tx.update(g, new Object[] {42L, 1, 2}, new Object[] {42L, 3, 6}))
                .commit(tx -> tx.delete(g, 43L, 5, 10));
        twin.start().awaitApplied();
        assertThat(twin.conflictKinds()).isEmpty();
        assertThat(twin.rows("SELECT * FROM g")).containsExactly("42|3|6");
    }
}
