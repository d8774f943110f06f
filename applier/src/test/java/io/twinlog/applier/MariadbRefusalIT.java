package io.twinlog.applier;

import static io.twinlog.applier.xlog.XlogScript.column;
import static io.twinlog.applier.xlog.XlogScript.key;
import static io.twinlog.applier.xlog.XlogScript.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.xlog.TableScript;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.XlogType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * As {@link RefusalIT}, of a MariaDB target: exactly the rows that it refuses are parked, with the same evidence as by an applier that
 * takes fifty events at a time.
 */
class MariadbRefusalIT {

    private static final int ROWS = 2_000;
    /** By id: what the target refuses of it. */
    private static final Map<Integer, String> BAD = Map.of(
            17,
            "constraint",
            133,
            "constraint",
            471,
            "unique_exists",
            472,
            "conversion",
            1707,
            "constraint",
            1999,
            "unique_exists");

    /** What became of it. */
    private record Result(List<String> rows, List<String> evidence, List<String> outcomes) {}

    private static Object[] row(int id) {
        return new Object[] {
            id,
            id == 17 ? null : "n",
            id == 472 ? "too long for its column" : "short",
            id == 133 || id == 1707 ? -1 : id,
            id == 471 ? "taken" : id == 1999 ? "held" : "u" + id
        };
    }

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    private Result apply(int batchEvents) {
        try (Twin twin = new Twin(vendor()).batchEvents(batchEvents)) {
            twin.sql(
                    "CREATE TABLE refusing (id int PRIMARY KEY, v text NOT NULL, s varchar(10), n int CHECK (n >= 0), u"
                            + " varchar(40) UNIQUE)",
                    "INSERT INTO refusing VALUES (20000, '', '', 0, 'taken'), (20001, '', '', 0, 'held')");
            twin.script().epoch();
            TableScript table = twin.script()
                    .table(
                            shape(
                                    "refusing",
                                    ReplicaIdentity.FULL,
                                    key("id", XlogType.INT, "integer"),
                                    column("v", XlogType.TEXT, "text"),
                                    column("s", XlogType.TEXT, "character varying(10)"),
                                    column("n", XlogType.INT, "integer"),
                                    column("u", XlogType.TEXT, "character varying(40)")),
                            3);
            for (int from = 0; from < ROWS; from += 100) {
                int first = from;
                twin.script().commit(tx -> {
                    for (int id = first; id < first + 100; id++) {
                        tx.insert(table, row(id));
                    }
                });
            }
            twin.start().awaitApplied(Duration.ofSeconds(120)).stop();
            assertThat(twin.conflicts())
                    .hasSize(BAD.size())
                    .allSatisfy(conflict -> assertThat(conflict.kind().label())
                            .isEqualTo(BAD.get(Integer.valueOf(conflict.key().get("id")))));
            assertThat(twin.rows("SELECT count(*) FROM refusing")).containsExactly("" + (ROWS - BAD.size() + 2));
            List<String> evidence = twin.conflicts().stream()
                    .map(ConflictRecord::withoutRows)
                    .map(c -> c.id() + " " + c.evidence() + " " + c.sqlState() + " " + c.constraint())
                    .sorted()
                    .toList();
            return new Result(twin.rows("SELECT * FROM refusing ORDER BY id"), evidence, twin.outcomes());
        }
    }

    @Test
    void six_refused_inserts_of_two_thousand_are_parked_and_nothing_else() {
        assertThat(apply(5_000)).isEqualTo(apply(50));
    }
}
