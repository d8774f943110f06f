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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is no event goes to the worker's dead letter queue where no converter could notice it; what is one never does. */
class DeadLetterQueueIT {

    private final ConnectWorker worker = Servers.worker();

    @Test
    void what_is_no_event_goes_there_and_the_rest_is_applied() {
        String[] table = {"CREATE TABLE lines(id int PRIMARY KEY, v text)"};
        Database source = Database.create("src").sql(table);
        Database target = Database.create("dst").sql(table);
        String replication = Servers.name("dead");
        Map<String, String> apply = Settings.sink(replication, target);
        apply.keySet().removeIf(key -> key.startsWith("key.converter") || key.startsWith("value.converter"));
        apply.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        apply.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        apply.put("errors.tolerance", "all");
        apply.put("errors.deadletterqueue.topic.name", replication + "-dead");
        apply.put("errors.deadletterqueue.topic.replication.factor", "1");

        try (Daemon daemon = Daemon.capture(new SourceSettings(Settings.source(replication, source)).capture())
                .awaitState(MemberState.PRIMARY)) {
            source.sql("INSERT INTO lines VALUES (1, 'first')");
            worker.run(replication + "-sink", apply);
            target.awaitRows("SELECT id FROM lines", "1");
            Topics.write(replication + ".public.lines", "noticed by the sink");
            awaitDead(replication, 1);
            source.sql("INSERT INTO lines VALUES (2, 'second')");
            target.awaitRows("SELECT id FROM lines ORDER BY id", "1", "2");
        }

        assertThat(Topics.read(replication + "-dead"))
                .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
                .containsExactly("noticed by the sink");
        assertThat(Topics.read(replication + "\\.conflicts")).isEmpty();
        worker.delete(replication + "-sink");
    }

    private static void awaitDead(String replication, int records) {
        Awaitility.await("dead letters")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Topics.read(replication + "-dead").size() == records);
    }
}
