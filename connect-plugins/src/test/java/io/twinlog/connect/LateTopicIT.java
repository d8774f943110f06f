package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables that are created while transactions flow, whose topics the worker's consumer learns of late (invariants 3 and 4). {@code
 * -Dtwinlog.repetitions=10} runs it so often.
 */
class LateTopicIT {

    private static final int LATE_TABLES = 3;

    private final ConnectWorker worker = Servers.worker();

    static IntStream repetitions() {
        return IntStream.rangeClosed(1, Integer.getInteger("twinlog.repetitions", 1));
    }

    @ParameterizedTest(name = "repetition {0}")
    @MethodSource("repetitions")
    void a_transaction_with_a_table_whose_topic_appears_late_is_applied_whole(int repetition) throws Exception {
        String table = "CREATE TABLE accounts(id int PRIMARY KEY, moves int)";
        String early = "CREATE TABLE early(id int PRIMARY KEY)";
        Database source = Database.create("src").sql(table, early, "INSERT INTO accounts VALUES (1, 0)");
        Database target = Database.create("dst").sql(table, early, lateTables());
        String prefix = Servers.name("late");
        worker.run(prefix + "-source", Settings.debeziumSource(prefix, source));
        worker.run(prefix + "-sink", Settings.debeziumSink(prefix, target));
        // The worker brings the transaction topic and that of accounts before the first late one appears.
        source.sql("INSERT INTO early VALUES (1)");
        target.awaitRows("SELECT moves FROM accounts, early", "0");

        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<String>> witness = CompletableFuture.supplyAsync(() -> differencesSeen(target, done));
        int moves = 0;
        for (int late = 1; late <= LATE_TABLES; late++) {
            source.sql("CREATE TABLE late" + late + "(id int PRIMARY KEY)");
            for (int row = 1; row <= 3; row++) {
                source.sql("BEGIN; UPDATE accounts SET moves = " + ++moves + "; INSERT INTO late" + late + " VALUES ("
                        + row + "); COMMIT");
            }
            target.awaitRows("SELECT moves FROM accounts", Integer.toString(moves));
        }
        worker.restart(prefix + "-sink");
        source.sql("BEGIN; UPDATE accounts SET moves = " + ++moves + "; INSERT INTO late1 VALUES (100); COMMIT");
        target.awaitRows("SELECT moves FROM accounts", Integer.toString(moves));
        done.set(true);

        assertThat(witness.get()).isEmpty();
        assertThat(target.query("SELECT " + rowsOfLateTables())).containsExactly(Integer.toString(moves));
        assertThat(Topics.read(prefix + "\\.conflicts")).isEmpty();
        worker.delete(prefix + "-sink");
        worker.delete(prefix + "-source");
    }

    private static String lateTables() {
        StringBuilder sql = new StringBuilder();
        for (int late = 1; late <= LATE_TABLES; late++) {
            sql.append("CREATE TABLE late").append(late).append("(id int PRIMARY KEY);");
        }
        return sql.toString();
    }

    private static String rowsOfLateTables() {
        StringBuilder sum = new StringBuilder("0");
        for (int late = 1; late <= LATE_TABLES; late++) {
            sum.append(" + (SELECT count(*) FROM late").append(late).append(')');
        }
        return sum.toString();
    }

    /** States of the target that the source never had: moves and rows are counted up together. */
    private static List<String> differencesSeen(Database target, AtomicBoolean done) {
        String both = "SELECT moves, " + rowsOfLateTables() + " FROM accounts WHERE moves <> " + rowsOfLateTables();
        while (!done.get()) {
            List<String> differences = target.query(both);
            if (!differences.isEmpty()) {
                return differences;
            }
        }
        return target.query(both);
    }
}
