package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Invariant 3 at a price: of ten thousand rows the target refuses six, each for another reason. Exactly those are parked, as by an applier that
 * takes ten events at a time, and the server's log counts how many statements it took to find them.
 */
class RefusalIT {

    private static final int ROWS = 10_000;
    private static final int TAKEN = 20_000;
    /** By id: what the target refuses of it. */
    private static final Map<Integer, String> BAD = Map.of(
            17,
            "constraint",
            1333,
            "constraint",
            4711,
            "unique_exists",
            4712,
            "conversion",
            7007,
            "constraint",
            9999,
            "unique_exists");
    /** What finding each among all by halving takes, and a few more to look at it and for the runs in between. */
    private static final double MOST_STATEMENTS = BAD.size() * (Math.log(ROWS) / Math.log(2) + 8);

    private static Object[] row(int id, int version) {
        boolean bad = version == 1;
        return new Object[] {
            id,
            bad && id == 17 ? null : "n" + version,
            bad && id == 4712 ? "too long for its column" : "short",
            bad && (id == 1333 || id == 7007) ? -1 : id,
            bad && id == 4711 ? "taken" : bad && id == 9999 ? "held" : "u" + id
        };
    }

    private static TableScript table(Twin twin) {
        twin.sql(
                "CREATE TABLE refusing (id int PRIMARY KEY, v text NOT NULL, s varchar(10), n int CHECK (n >= 0), u text UNIQUE)",
                "INSERT INTO refusing VALUES (" + TAKEN + ", '', '', 0, 'taken'), (" + (TAKEN + 1)
                        + ", '', '', 0, 'held')",
                "ALTER DATABASE " + twin.replication() + " SET log_parameter_max_length = 0",
                "ALTER DATABASE " + twin.replication() + " SET log_parameter_max_length_on_error = 0");
        twin.script().epoch();
        return twin.script()
                .table(
                        shape(
                                "refusing",
                                ReplicaIdentity.FULL,
                                key("id", XlogType.INT, "integer"),
                                column("v", XlogType.TEXT, "text"),
                                column("s", XlogType.TEXT, "character varying(10)"),
                                column("n", XlogType.INT, "integer"),
                                column("u", XlogType.TEXT, "text")),
                        3);
    }

    /** Statements of the applier's session about the table's rows, as the server counts them. */
    private static long statements(Twin twin) {
        try (Stream<String> log = Files.lines(Servers.postgres().log())) {
            return log.filter(line -> line.contains("[twinlog " + twin.replication() + "]"))
                    .filter(line -> line.contains("LOG:  execute") || line.contains("LOG:  statement:"))
                    .filter(line -> line.contains("refusing"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void inserts(Twin twin, TableScript table) {
        for (int from = 0; from < ROWS; from += 100) {
            int first = from;
            twin.script().commit(tx -> {
                for (int id = first; id < first + 100; id++) {
                    tx.insert(table, row(id, 1));
                }
            });
        }
    }

    private static void check(Twin twin, Twin single, int rows) {
        assertThat(twin.conflicts())
                .hasSize(BAD.size())
                .allSatisfy(conflict -> assertThat(conflict.kind().label())
                        .isEqualTo(BAD.get(Integer.valueOf(conflict.key().get("id")))));
        assertThat(twin.rows("SELECT count(*) FROM refusing WHERE v = 'n1'")).containsExactly("" + (ROWS - BAD.size()));
        assertThat(twin.rows("SELECT count(*) FROM refusing")).containsExactly("" + (rows + 2));
        assertThat(statements(twin))
                .as("statements to apply all and to find the bad ones")
                .isPositive()
                .isLessThan((long) MOST_STATEMENTS);
        assertThat(twin.outcomes()).isEqualTo(single.outcomes());
        assertThat(evidence(twin)).isEqualTo(evidence(single));
        String all = "SELECT * FROM refusing ORDER BY id";
        assertThat(twin.rows(all)).isEqualTo(single.rows(all));
    }

    private static List<String> evidence(Twin twin) {
        return twin.conflicts().stream()
                .map(ConflictRecord::withoutRows)
                .map(c -> c.id() + " " + c.evidence() + " " + c.sqlState() + " " + c.constraint())
                .sorted()
                .toList();
    }

    @Test
    void six_refused_inserts_of_ten_thousand_are_found_by_few_statements() {
        try (Twin twin = new Twin();
                Twin single = new Twin().batchEvents(10)) {
            twin.sql("ALTER DATABASE " + twin.replication() + " SET log_statement = 'all'");
            for (Twin each : List.of(twin, single)) {
                TableScript table = table(each);
                inserts(each, table);
                each.start().awaitApplied(Duration.ofSeconds(180)).stop();
            }
            check(twin, single, ROWS - BAD.size());
        }
    }
}
