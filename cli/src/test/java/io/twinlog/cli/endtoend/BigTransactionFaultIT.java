package io.twinlog.cli.endtoend;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 10: memory is bounded whatever the size of a transaction or of a row. A JVM that runs out of heap ends the test. */
class BigTransactionFaultIT {

    /** As objects, more than the heap holds. {@code -Dtwinlog.big.rows=5000000} takes longer and shows the same. */
    private static final int ROWS = Integer.getInteger("twinlog.big.rows", 1_200_000);

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void millions_of_rows_in_one_transaction_and_a_twenty_megabyte_row_pass_through_half_a_gigabyte_of_heap() {
        try (Twins twins = Twins.start(directory, "none", "512m")) {
            twins.onBoth(
                    "CREATE TABLE big(id bigint PRIMARY KEY, a int, note text, at timestamptz)",
                    "CREATE TABLE wide(id int PRIMARY KEY, doc text, data bytea)",
                    "ALTER TABLE wide REPLICA IDENTITY FULL");
            twins.launch("capture");
            twins.launch("apply");
            twins.awaitApplied();

            twins.source.execute(
                    Twins.DATABASE,
                    "INSERT INTO big SELECT i, i % 100, md5(i::text), now() FROM generate_series(1, " + ROWS + ") i");
            twins.source.execute(
                    Twins.DATABASE,
                    "INSERT INTO wide SELECT 1, string_agg(md5(i::text), ''), NULL FROM generate_series(1, 655360) i",
                    "UPDATE wide SET data = decode(substr(doc, 1, 4000000), 'hex') WHERE id = 1",
                    "INSERT INTO big SELECT -i, 0, NULL, NULL FROM generate_series(1, 100) i");
            twins.awaitApplied();

            twins.assertEqual("big", "wide");
            twins.assertNoConflicts();
        }
    }
}
