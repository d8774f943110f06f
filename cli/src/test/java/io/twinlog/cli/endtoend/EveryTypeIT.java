package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.sandbox.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 6: every type, with its odd values, arrives equal by snapshot and by stream, as inserted row, as updated row and under
 * each replica identity. Values are compared as text under fixed settings, byte by byte.
 */
class EveryTypeIT {

    /** Type, then values as SQL expressions. */
    private static final String[][] TYPES = {
        {"boolean", "true", "false"},
        {"smallint", "-32768", "32767"},
        {"integer", "-2147483648", "2147483647"},
        {"bigint", "-9223372036854775808", "9223372036854775807"},
        {"numeric", "'NaN'", "'Infinity'", "'-Infinity'", "1e-300", "repeat('9', 1000)::numeric", "1.10", "0.000"},
        {"numeric(12,2)", "1234567890.12", "-0.01", "0.00", "'NaN'"},
        {"numeric(50,20)", "-123456789012345678901234567890.12345678901234567890", "1e-20"},
        {"numeric(3,-2)", "12300", "-100"},
        {"numeric(2,4)", "0.0099", "-0.0001"},
        {"real", "'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "1.1754944e-38", "3.4028235e38", "0.1", "1e-45"},
        {
            "double precision",
            "'NaN'",
            "'-Infinity'",
            "'-0'",
            "0.1",
            "5e-324",
            "1.7976931348623157e308",
            "123456789.123456789"
        },
        {"money", "'-92233720368547758.08'", "'92233720368547758.07'", "'0.01'"},
        {"text", "''", "'a b'", "E'\\\\N \\\\. \\t\\n\\r\\b \\\\'", "'größe 😀 \u00a0'", "repeat('y', 100000)", "'NULL'"
        },
        {"varchar(10)", "'0123456789'", "' a '"},
        {"char(5)", "'ab'", "''"},
        {"\"char\"", "'a'", "''", "E'\\\\'"},
        {"name", "'n'"},
        {"bytea", "''", "'\\x00ff5c'", "decode(repeat('00ff', 50000), 'hex')"},
        {
            "date",
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 BC'",
            "'0001-12-31 BC'",
            "'1582-10-10'",
            "'1969-12-31'",
            "'5874897-12-31'"
        },
        {"time", "'00:00'", "'24:00:00'", "'23:59:59.999999'"},
        {"time(0)", "'12:34:56'"},
        {"timetz", "'24:00:00-15:59'", "'12:34:56.789+05:30'"},
        {
            "timestamp",
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 00:00:00 BC'",
            "'294276-12-31 23:59:59.999999'",
            "'1969-12-31 23:59:59.999999'",
            "'0044-03-15 12:00 BC'",
            "'2026-03-29 02:30'"
        },
        {
            "timestamptz",
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 00:00:00+00 BC'",
            "'294276-12-31 23:59:59.999999+00'",
            "'1883-11-18 12:03:57.5-04:56:02'",
            "'2026-03-29 02:30+01'"
        },
        {"timestamp(3)", "'2026-01-01 00:00:00.123'"},
        {"interval", "'178000000 years'", "'-1 mons +3 days -04:05:06.000007'", "'0'", "'1 day -24:00'"},
        {"uuid", "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-fffffffffffe'"},
        {"json", "'{\"b\" : 1.00,  \"a\":[null, \"\\u00e4\"], \"b\":2}'", "'null'"},
        {"jsonb", "'{\"a\": [1, 2.50, 1e100], \"ü\": null}'", "'null'"},
        {"xml", "'<a b=\"ü\">x &amp; y</a>'", "'text <b/>'"},
        {"bit(3)", "B'101'"},
        {"varbit", "B''", "B'1' || repeat('01', 500)::varbit"},
        {"inet", "'::1'", "'10.1.2.3/8'"},
        {"cidr", "'10.0.0.0/8'", "'2001:db8::/32'"},
        {"macaddr", "'08:00:2b:01:02:03'"},
        {"macaddr8", "'08:00:2b:01:02:03:04:05'"},
        {"point", "'(1.5,-0.1)'", "'(NaN,Infinity)'"},
        {"line", "'{1,-1,0.1}'"},
        {"lseg", "'[(0,0),(1,1)]'"},
        {"box", "'(1,1),(0,0)'"},
        {"path", "'[(0,0),(1,1)]'", "'((0,0),(1,1))'"},
        {"polygon", "'((0,0),(1,1),(1,0))'"},
        {"circle", "'<(0,0),1.1>'"},
        {"tsvector", "'a:1A fat:2B,4C ''it''''s'''"},
        {"tsquery", "'fat & (rat | !cat:*)'"},
        {"pg_lsn", "'FFFFFFFF/FFFFFFFF'"},
        {"oid", "4294967295"},
        {"int4range", "'empty'", "'[1,10)'", "'(,)'"},
        {"tstzrange", "'[2026-01-01 00:00+00,infinity)'"},
        {"numrange", "'(1.10,2.200]'"},
        {"int8multirange", "'{[1,2),[5,9)}'", "'{}'"},
        {"integer[]", "'{}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'[2:3]={7,8}'"},
        {"text[]", "ARRAY['a,b', '\"', E'\\\\', '', 'NULL', NULL, '{}', ' ']", "ARRAY[['x'],['y']]"},
        {"numeric(10,2)[]", "'{1.10,NaN,NULL}'"},
        {"timestamptz[]", "'{infinity,2026-01-01 00:00+00}'"},
        {"bytea[]", "ARRAY['\\x00ff'::bytea, NULL]"},
        {"uuid[]", "ARRAY['00000000-0000-0000-0000-000000000001'::uuid]"},
        {"jsonb[]", "ARRAY['{\"a\":1}'::jsonb]"},
        {"mood", "'sad'", "'oh, \"happy\"'"},
        {"mood[]", "'{sad,NULL}'"},
        {"\"Odd Type\".\"Mood\"", "'x'"},
        {"positive", "42"},
        {"pair", "'(1,\"a \"\"b\"\", c\")'", "'(,)'"},
        {"pair[]", "ARRAY[ROW(1, 'x')::pair, NULL]"},
        {"floatrange", "'[1.5,2.5]'"},
        {"hstore", "'\"a b\"=>\"1\", c=>NULL, d=>\"x\\\"y\"'", "''"},
        {"ltree", "'Top.Science.Astronomy'"},
        {"citext", "'AbC'"},
    };

    /** What older servers do not have yet. */
    private static final Set<String> SINCE_15 = Set.of("numeric(3,-2)", "numeric(2,4)");

    private String[][] types = TYPES;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void every_type_arrives_equal_by_snapshot_and_by_stream() {
        try (Twins twins = Twins.start(directory, "initial", "512m")) {
            if (Integer.parseInt(Twins.text(twins.source, "SHOW server_version_num")) < 150_000) {
                types = Arrays.stream(TYPES)
                        .filter(type -> !SINCE_15.contains(type[0]))
                        .toArray(String[][]::new);
            }
            create(twins.source);
            create(twins.target);
            twins.source.execute(Twins.DATABASE, fill(0).toArray(String[]::new));
            twins.launch("run");
            twins.awaitApplied();
            assertRows(twins, "by snapshot");

            twins.source.execute(Twins.DATABASE, fill(1_000_000).toArray(String[]::new));
            twins.awaitApplied();
            assertRows(twins, "inserted by stream");

            List<String> updates = new ArrayList<>();
            for (String table : tables()) {
                // Each row takes the value of its neighbour, so null, odd and ordinary values follow each other.
                updates.add("UPDATE " + table + " t SET n = n + 1, v = (SELECT o.v FROM " + table
                        + " o WHERE o.id < t.id ORDER BY o.id DESC LIMIT 1)");
                updates.add("UPDATE " + table + " SET n = n + 1");
                updates.add("UPDATE " + table + " SET id = -id WHERE id % 2 = 0");
                updates.add("DELETE FROM " + table + " WHERE id % 3 = 0");
            }
            twins.source.execute(Twins.DATABASE, updates.toArray(String[]::new));
            twins.awaitApplied();
            assertRows(twins, "updated and deleted by stream");
            twins.assertNoConflicts();
        }
    }

    private List<String> tables() {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            tables.add("full_" + i);
            tables.add("key_" + i);
        }
        return tables;
    }

    private void create(EmbeddedPostgres server) {
        List<String> statements = new ArrayList<>(List.of(
                "CREATE EXTENSION hstore",
                "CREATE EXTENSION ltree",
                "CREATE EXTENSION citext",
                "CREATE TYPE mood AS ENUM ('sad', 'oh, \"happy\"')",
                "CREATE SCHEMA \"Odd Type\"",
                "CREATE TYPE \"Odd Type\".\"Mood\" AS ENUM ('x')",
                "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
                "CREATE TYPE pair AS (a integer, b text)",
                "CREATE TYPE floatrange AS RANGE (subtype = float8)"));
        for (int i = 0; i < types.length; i++) {
            statements.add("CREATE TABLE full_" + i + "(id bigint PRIMARY KEY, n int, v " + types[i][0] + ")");
            statements.add("ALTER TABLE full_" + i + " REPLICA IDENTITY FULL");
            statements.add("CREATE TABLE key_" + i + "(id bigint PRIMARY KEY, n int, v " + types[i][0] + ")");
        }
        server.execute(Twins.DATABASE, statements.toArray(String[]::new));
    }

    private List<String> fill(int base) {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            for (String table : List.of("full_" + i, "key_" + i)) {
                statements.add("INSERT INTO " + table + " VALUES (" + (base + 1) + ", 0, NULL)");
                for (int v = 1; v < types[i].length; v++) {
                    statements.add("INSERT INTO " + table + " VALUES (" + (base + 1 + v) + ", 0, " + types[i][v] + ")");
                }
            }
        }
        return statements;
    }

    private void assertRows(Twins twins, String how) {
        for (String table : tables()) {
            String query = "SELECT string_agg(t::text, E'\\n' ORDER BY id) FROM " + table + " t";
            int type = Integer.parseInt(table.substring(table.indexOf('_') + 1));
            assertThat(Twins.text(twins.target, query))
                    .as("%s of type %s, %s%n%s", table, types[type][0], how, twins.logs())
                    .isEqualTo(Twins.text(twins.source, query));
        }
    }
}
