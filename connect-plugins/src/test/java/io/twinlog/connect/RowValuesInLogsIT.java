package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.applier.replay.Replays;
import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.bed.WorkerLog;
import io.twinlog.connect.settings.SinkSettings;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whatever happens to rows, the worker's log does not say what is in them. */
class RowValuesInLogsIT {

    private static final String MARK = "Wh1sper";

    private final ConnectWorker worker = Servers.worker();

    @Test
    void conflicts_refused_values_and_failed_tasks_leave_no_row_value_in_the_log() {
        Database source = Database.create("src")
                .sql(
                        "CREATE TABLE seen(id int PRIMARY KEY, v text UNIQUE)",
                        "CREATE TABLE raised(id int PRIMARY KEY, v text)",
                        "CREATE TABLE halts(id int PRIMARY KEY, v text)",
                        "ALTER TABLE seen REPLICA IDENTITY FULL",
                        "INSERT INTO seen VALUES (1, '" + MARK + "1')");
        Database target = Database.create("dst")
                .sql(
                        "CREATE TABLE seen(id int PRIMARY KEY, v text UNIQUE CHECK (v NOT LIKE '%refused'))",
                        "CREATE TABLE raised(id int PRIMARY KEY, v text)",
                        "CREATE TABLE halts(id int PRIMARY KEY, v text)",
                        "CREATE FUNCTION cry() RETURNS trigger LANGUAGE plpgsql AS"
                                + " $$ BEGIN RAISE 'I do not like %', NEW.v; END $$",
                        "CREATE TRIGGER cry BEFORE INSERT ON raised FOR EACH ROW EXECUTE FUNCTION cry()",
                        "ALTER TABLE raised ENABLE ALWAYS TRIGGER cry");
        String replication = Servers.name("mute");
        String apply = replication + "-sink";
        Map<String, String> sink = Settings.sink(replication, target);
        sink.put("conflicts.rules", "halts");
        sink.put("conflicts.rules.halts.tables", "public.halts");
        sink.put("conflicts.rules.halts.policy", "stop");
        Replays replays = new Replays(new SinkSettings(sink).applier());

        try (WorkerLog log = WorkerLog.open()) {
            worker.run(replication + "-source", Settings.source(replication, source));
            worker.run(apply, sink);
            target.awaitRows("SELECT v FROM seen", MARK + "1");
            target.sql(
                    "UPDATE seen SET v = '" + MARK + " of the target'",
                    "INSERT INTO seen VALUES (90, '" + MARK + "unique')",
                    "INSERT INTO halts VALUES (1, '" + MARK + " of the target')");
            source.sql(
                    "UPDATE seen SET v = '" + MARK + " of the source' WHERE id = 1",
                    "INSERT INTO seen VALUES (2, '" + MARK + "unique'), (3, '" + MARK + "refused')",
                    "INSERT INTO raised VALUES (1, '" + MARK + "')");
            awaitOpen(replays, 4);
            source.sql("INSERT INTO halts VALUES (1, '" + MARK + "')");
            assertThat(worker.awaitFailure(apply)).contains("public.halts").doesNotContain(MARK);
            sink.remove("conflicts.rules");
            sink.keySet().removeIf(key -> key.startsWith("conflicts.rules."));
            worker.run(apply, sink);
            awaitOpen(replays, 5);
            target.sql("ALTER TABLE seen RENAME COLUMN v TO w");
            source.sql("INSERT INTO seen VALUES (4, '" + MARK + "4')");
            assertThat(worker.awaitFailure(apply)).contains("public.seen").doesNotContain(MARK);
            target.sql("ALTER TABLE seen RENAME COLUMN w TO v");
            worker.restart(apply);
            target.awaitRows("SELECT v FROM seen WHERE id = 4", MARK + "4");
            Topics.write(replication + ".public.seen", MARK);
            assertThat(worker.awaitFailure(apply)).contains("is no xlog record").doesNotContain(MARK);

            assertMute(log, replication + "-sink");
        }
        worker.delete(replication + "-source");
        worker.delete(apply);
    }

    @Test
    void nor_do_those_of_mariadb_whose_driver_logs_what_the_server_refuses() {
        String replication = Servers.name("mmute");
        String table = "CREATE TABLE seen (id int PRIMARY KEY, v varchar(40)%s)";
        Database source = Database.create(Servers.mariadb(), replication).sql(table.formatted(""));
        Database target = Database.create(Servers.otherMariadb(), replication)
                .sql(
                        table.formatted(" UNIQUE CHECK (v <> '" + MARK + "refused')"),
                        "INSERT INTO seen VALUES (90, '" + MARK + "unique')");
        Map<String, String> sink = Settings.sink(replication, target);
        sink.put("apply.existing.rows", "upsert");
        Replays replays = new Replays(new SinkSettings(sink).applier());

        try (WorkerLog log = WorkerLog.open()) {
            worker.run(replication + "-source", Settings.source(replication, source));
            worker.run(replication + "-sink", sink);
            source.sql("INSERT INTO seen VALUES (1, '" + MARK + "unique'), (2, '" + MARK + "refused'), (3, 'three')");
            target.awaitRows("SELECT v FROM seen WHERE id = 3", "three");
            awaitOpen(replays, 2);

            assertMute(log, replication + "-sink");
        }
        worker.delete(replication + "-source");
        worker.delete(replication + "-sink");
    }

    private static void assertMute(WorkerLog log, String connector) {
        assertThat(log.lines())
                .as("the log was read")
                .anyMatch(line -> line.contains(connector))
                .noneMatch(line -> line.contains(MARK));
    }

    private static void awaitOpen(Replays replays, int conflicts) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(replays.count().open()).isEqualTo(conflicts));
    }
}
