package io.twinlog.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariants 2, 5 and 6 at the edges of shape: very many very small transactions, and very many columns. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ManyAndWideIT {

    private static final int TRANSACTIONS = 10_000;
    private static final int COLUMNS = 500;
    private static final String[] TYPES = {"integer", "text", "numeric(12,2)", "timestamptz", "boolean"};

    @TempDir
    private Path directory;

    @Test
    void ten_thousand_tiny_transactions_keep_their_number_and_their_order() {
        try (Twins twins = Twins.start(directory, "none", "512m")) {
            twins.onBoth("CREATE TABLE tiny(id int PRIMARY KEY, v int)", "ALTER TABLE tiny REPLICA IDENTITY FULL");
            twins.launch("capture");
            twins.launch("apply");
            twins.awaitApplied();
            long before = appliedSeq(twins);

            // Every row is inserted, counted up by the next two transactions, and every fifth one is deleted.
            twins.source.execute(
                    Twins.DATABASE,
                    "SET synchronous_commit = off",
                    "DO $$ BEGIN FOR i IN 1.." + TRANSACTIONS + " LOOP CASE i % 4"
                            + " WHEN 1 THEN INSERT INTO tiny VALUES (i, 0);"
                            + " WHEN 0 THEN IF i % 20 = 0 THEN DELETE FROM tiny WHERE id = i - 3;"
                            + " ELSE UPDATE tiny SET v = v + 100 WHERE id = i - 3; END IF;"
                            + " ELSE UPDATE tiny SET v = v + 1 WHERE id = i - i % 4 + 1; END CASE;"
                            + " COMMIT; END LOOP; END $$");
            twins.awaitApplied();

            assertThat(appliedSeq(twins) - before).as("transactions").isEqualTo(TRANSACTIONS);
            twins.assertEqual("tiny");
            assertThat(Twins.text(twins.target, "SELECT count(*) || ' ' || sum(v) FROM tiny"))
                    .isEqualTo("2000 " + 2000 * 102);
            twins.assertNoConflicts();
        }
    }

    @Test
    void rows_of_five_hundred_columns_arrive_equal_by_snapshot_and_by_stream() {
        try (Twins twins = Twins.start(directory, "initial", "512m")) {
            for (String table : List.of("wide_full", "wide_key")) {
                twins.onBoth("CREATE TABLE " + table + "(" + String.join(", ", columns()) + ")");
            }
            twins.onBoth("ALTER TABLE wide_full REPLICA IDENTITY FULL");
            fill(twins, 1, 300);
            twins.launch("run");
            twins.awaitApplied();
            twins.assertEqual("wide_full", "wide_key");

            fill(twins, 301, 600);
            for (String table : List.of("wide_full", "wide_key")) {
                twins.source.execute(
                        Twins.DATABASE,
                        "UPDATE " + table + " SET c1 = NULL, c251 = 'changed', c499 = NOT c499 WHERE id % 3 = 0",
                        "UPDATE " + table + " SET " + everyColumnAgain() + " WHERE id % 7 = 0",
                        "UPDATE " + table + " SET id = -id WHERE id % 11 = 0",
                        "DELETE FROM " + table + " WHERE id % 13 = 0");
            }
            twins.awaitApplied();
            twins.assertEqual("wide_full", "wide_key");
            twins.assertNoConflicts();
        }
    }

    private static long appliedSeq(Twins twins) {
        return Long.parseLong(Twins.text(twins.target, "SELECT seq FROM twinlog.progress"));
    }

    /** The key, then columns of every type in turn: c0 is an integer, c1 a text ... c499 a boolean. */
    private static List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("id int PRIMARY KEY"));
        for (int i = 0; i < COLUMNS; i++) {
            columns.add("c" + i + " " + TYPES[i % TYPES.length]);
        }
        return columns;
    }

    private static void fill(Twins twins, int from, int to) {
        List<String> values = new ArrayList<>(List.of("i"));
        for (int i = 0; i < COLUMNS; i++) {
            values.add(value(i, "i"));
        }
        for (String table : List.of("wide_full", "wide_key")) {
            twins.source.execute(
                    Twins.DATABASE,
                    "INSERT INTO " + table + " SELECT " + String.join(", ", values) + " FROM generate_series(" + from
                            + ", " + to + ") i");
        }
    }

    private static String everyColumnAgain() {
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < COLUMNS; i++) {
            assignments.add("c" + i + " = " + value(i, "id + 1"));
        }
        return String.join(", ", assignments);
    }

    private static String value(int column, String number) {
        String seed = "(" + number + ") * 1000 + " + column;
        return switch (column % TYPES.length) {
            case 0 -> "nullif((" + seed + ") % 97, 0)";
            case 1 -> "repeat(chr(97 + (" + seed + ") % 26), (" + seed + ") % 40)";
            case 2 -> "(" + seed + ") / 100.0";
            case 3 -> "timestamptz '2026-01-01 00:00+00' + (" + seed + ") * interval '1 minute'";
            default -> "(" + seed + ") % 2 = 0";
        };
    }
}
