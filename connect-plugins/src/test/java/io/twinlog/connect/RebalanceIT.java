package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Daemon;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.schemas.status.MemberState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/**
 * Partitions are taken from sinks and given back, and tasks move between workers, while changes flow (invariants 2, 4 and 5). A change
 * that is repeated or skipped would be a conflict, for every update compares the row with its before image, and every move has a row of its own.
 */
class RebalanceIT {

    private static final int ACCOUNTS = 40;
    /** Leaves the processors to the workers. */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String COOPERATIVE = CooperativeStickyAssignor.class.getName();

    private final ConnectWorker worker = Servers.worker();

    @Test
    void nothing_is_repeated_or_skipped_while_partitions_and_tasks_move() {
        String[] tables = {
            "CREATE TABLE account(id int PRIMARY KEY, moves int)",
            "CREATE TABLE move(id int PRIMARY KEY, account int)",
            "ALTER TABLE account REPLICA IDENTITY FULL",
            "INSERT INTO account SELECT i, 0 FROM generate_series(1, " + ACCOUNTS + ") i"
        };
        Database source = Database.create("src").sql(tables);
        Database whole = Database.create("whole").sql(tables);
        Database byKey = Database.create("bykey").sql(tables);
        String replication = Servers.name("move");
        String ordered = replication + "-ordered";
        String keyed = replication + "-keyed";
        Map<String, String> capture = Settings.source(replication, source);
        capture.put("capture.snapshot", "none");
        AtomicBoolean done = new AtomicBoolean();
        try (Daemon daemon =
                Daemon.capture(new SourceSettings(capture).capture()).awaitState(MemberState.PRIMARY)) {
            worker.run(ordered, sink(replication, whole, "transaction", "1"));
            worker.run(keyed, sink(replication, byKey, "key", "3"));
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> moves(source, done));
            CompletableFuture<List<String>> witness = CompletableFuture.supplyAsync(() -> tornStates(whole, done));
            try {
                awaitMoreMoves(whole, byKey);
                takePartitionsAndGiveThemBack(replication, ordered);
                takePartitionsAndGiveThemBack(replication, keyed);
                awaitMoreMoves(whole, byKey);
                try (ConnectWorker joined = worker.another(Servers.kafka())) {
                    worker.awaitSpread(2, ordered, keyed);
                    awaitMoreMoves(whole, byKey);
                    worker.restart(keyed);
                    worker.pause(ordered);
                    worker.resume(ordered);
                    awaitMoreMoves(whole, byKey);
                }
                worker.awaitSpread(1, ordered, keyed);
                awaitMoreMoves(whole, byKey);
            } finally {
                done.set(true);
            }

            String moves = load.join().toString();
            for (Database target : List.of(whole, byKey)) {
                target.awaitRows("SELECT sum(moves), (SELECT count(*) FROM move) FROM account", moves + "|" + moves);
                String all = "SELECT * FROM account ORDER BY id";
                assertThat(target.query(all)).isEqualTo(source.query(all));
            }
            assertThat(witness.join()).isEmpty();
        }
        assertThat(Topics.read(replication + "\\.conflicts")).isEmpty();
        worker.delete(ordered);
        worker.delete(keyed);
    }

    private static Map<String, String> sink(String replication, Database target, String order, String tasks) {
        Map<String, String> config = new HashMap<>(Settings.sink(replication, target));
        config.put("apply.order", order);
        config.put("tasks.max", tasks);
        config.put("consumer.override.partition.assignment.strategy", COOPERATIVE);
        config.put("consumer.override.heartbeat.interval.ms", "200");
        return config;
    }

    /** Each adds one to an account and a row to the moves; how many there were. */
    private static int moves(Database source, AtomicBoolean done) {
        int moves = 0;
        while (!done.get()) {
            StringBuilder batch = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                moves++;
                int account = 1 + moves % ACCOUNTS;
                batch.append("BEGIN; UPDATE account SET moves = moves + 1 WHERE id = ")
                        .append(account)
                        .append("; INSERT INTO move VALUES (")
                        .append(moves)
                        .append(", ")
                        .append(account)
                        .append("); COMMIT;");
            }
            source.sql(batch.toString());
            LockSupport.parkNanos(PACE_NANOS);
        }
        return moves;
    }

    /** States that the source never had: with moves that no account has, or the other way round. */
    private static List<String> tornStates(Database target, AtomicBoolean done) {
        String torn = "SELECT a.moves, m.moves FROM (SELECT sum(moves) AS moves FROM account) a,"
                + " (SELECT count(*) AS moves FROM move) m WHERE a.moves <> m.moves";
        List<String> seen = List.of();
        while (!done.get() && seen.isEmpty()) {
            seen = target.query(torn);
            LockSupport.parkNanos(PACE_NANOS);
        }
        return seen;
    }

    private static void awaitMoreMoves(Database... targets) {
        for (Database target : targets) {
            long before = applied(target);
            org.awaitility.Awaitility.await(target.name() + " goes on")
                    .atMost(PATIENCE)
                    .until(() -> applied(target) > before);
        }
    }

    private static long applied(Database target) {
        return Long.parseLong(target.query("SELECT count(*) FROM move").get(0));
    }

    /** Somebody else joins the sink's group for a while, so that the assignor takes partitions from running tasks. */
    private static void takePartitionsAndGiveThemBack(String replication, String sink) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                Servers.kafka(),
                "group.id",
                "connect-" + sink,
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest",
                "heartbeat.interval.ms",
                "200",
                "partition.assignment.strategy",
                COOPERATIVE);
        try (KafkaConsumer<byte[], byte[]> intruder =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            intruder.subscribe(Pattern.compile(replication + "\\.(transactions|[^.]+\\.[^.]+)"));
            org.awaitility.Awaitility.await("partitions taken from " + sink)
                    .atMost(PATIENCE)
                    .until(() -> !intruder.poll(Duration.ofMillis(100)).isEmpty());
        }
    }
}
