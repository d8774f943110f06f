package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.connect.bed.Daemon;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.RegistryFront;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.connect.settings.SinkSettings;
import io.twinlog.connect.settings.SourceSettings;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.TcpProxy;
import io.twinlog.schemas.control.ControlCodec;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.registry.RegistryAddress;
import io.twinlog.schemas.registry.RegistryClient;
import io.twinlog.schemas.registry.SchemaId;
import io.twinlog.schemas.registry.UnknownSchemaException;
import io.twinlog.schemas.status.MemberState;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's two halves with a real registry at its strictest level. */
class RegistryIT {

    @BeforeAll
    static void strictest() {
        Servers.registry().call("PUT", "/config", "{\"compatibility\": \"FULL_TRANSITIVE\"}");
    }

    private static Map<String, String> withRegistry(Map<String, String> settings, String url) {
        settings.put("schemas.registry", url);
        return settings;
    }

    @Test
    void every_change_of_a_table_is_compatible_and_a_plain_avro_consumer_reads_everything() {
        Database source = Database.create("src")
                .sql(
                        "CREATE TABLE goods(id int PRIMARY KEY, name text, price int)",
                        "INSERT INTO goods VALUES (1, 'one', 10)");
        String replication = Servers.name("reg");
        String url = Servers.registry().url();
        SourceSettings capture = new SourceSettings(withRegistry(Settings.source(replication, source), url));
        try (Daemon reader = Daemon.capture(capture.capture()).awaitState(MemberState.PRIMARY)) {
            source.sql("ALTER TABLE goods ADD COLUMN added text");
            source.sql("INSERT INTO goods VALUES (2, 'two', 20, 'new')");
            source.sql("ALTER TABLE goods DROP COLUMN added");
            source.sql("INSERT INTO goods VALUES (3, 'three', 30)");
            source.sql("ALTER TABLE goods RENAME COLUMN name TO title");
            source.sql("INSERT INTO goods VALUES (4, 'four', 40)");
            source.sql("ALTER TABLE goods ALTER COLUMN price TYPE text");
            source.sql("INSERT INTO goods VALUES (5, 'five', 'fifty')");
            source.sql("ALTER TABLE goods ADD COLUMN name int");
            source.sql("INSERT INTO goods VALUES (6, 'six', 'sixty', 6)");
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> new Topics(replication).events().size() == 6);
        }

        String topic = replication + ".public.goods";
        assertThat(Servers.registry().call("GET", "/subjects", ""))
                .contains(topic + "-key", topic + "-value", replication + ".transactions-value");
        assertThat(Servers.registry().call("GET", "/subjects/" + topic + "-value/versions", ""))
                .isEqualTo("[1,2,3,4,5]");
        String printed = plainConsumer(topic, url);
        assertThat(printed)
                .contains("key {\"id\": 1} after {\"id\": 1, \"name\": \"one\", \"price\": 10}")
                .contains("after {\"id\": 2, \"name\": \"two\", \"price\": 20, \"added\": \"new\"}")
                .contains("after {\"id\": 4, \"title\": \"four\", \"price\": 40}")
                .contains("after {\"id\": 5, \"title\": \"five\", \"price_2\": \"fifty\"}")
                .contains("after {\"id\": 6, \"title\": \"six\", \"price_2\": \"sixty\", \"name_2\": 6}");
    }

    /** A program that was compiled without anything of ours, and runs without it. */
    private static String plainConsumer(String topic, String registry) {
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> entry.matches(
                        ".*/(avro|jackson-[a-z]+|kafka-clients|slf4j-api|lz4-java|commons-[a-z0-9]+)-[^/]*\\.jar"))
                .collect(Collectors.joining(java.io.File.pathSeparator));
        assertThat(libraries).doesNotContain("twinlog-").contains("avro-");
        try (JavaProcess process = JavaProcess.of("src/test/plain/PlainConsumer.java")
                .classPath(libraries)
                .arguments(Servers.kafka(), topic, registry)
                .output(Path.of("target", "plain-consumer-" + topic + ".log").toAbsolutePath())
                .start()) {
            process.awaitOutput("^6 records$", Duration.ofSeconds(90));
            return process.output();
        }
    }

    @Test
    void a_registry_that_is_away_is_waited_for_on_both_sides() throws Exception {
        Database target = Database.create("dst").sql("CREATE TABLE t(id int PRIMARY KEY)");
        Database source = Database.create("src").sql("CREATE TABLE t(id int PRIMARY KEY)");
        String replication = Servers.name("away");
        URI real = URI.create(Servers.registry().url());
        try (TcpProxy line = TcpProxy.to(real.getPort())) {
            String url = "http://127.0.0.1:" + line.port() + real.getPath();
            SourceSettings capture = new SourceSettings(withRegistry(Settings.source(replication, source), url));
            line.cut();
            try (Daemon daemon = Daemon.capture(capture.capture())) {
                daemon.awaitMessage("The schema registry " + url + " does not answer");
                daemon.awaitState(MemberState.PAUSED);
                line.heal();
                daemon.awaitState(MemberState.PRIMARY);
                source.sql("INSERT INTO t VALUES (1)");
                org.awaitility.Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> new Topics(replication).events().size() == 1);
            }
            SinkSettings apply = new SinkSettings(withRegistry(Settings.sink(replication, target), url));
            line.cut();
            try (Daemon daemon = Daemon.applier(apply.applier())) {
                daemon.awaitMessage("The schema registry " + url + " does not answer");
                line.heal();
                target.awaitRows("SELECT id FROM t", "1");
            }
        }
    }

    @Test
    void an_incompatible_subject_stops_capture_with_its_name_and_the_way_out() {
        Database source = Database.create("src").sql("CREATE TABLE t(id int PRIMARY KEY)");
        String replication = Servers.name("bad");
        String subject = replication + ".public.t-key";
        Servers.registry()
                .call(
                        "POST",
                        "/subjects/" + subject + "/versions",
                        "{\"schema\": \"{\\\"type\\\": \\\"record\\\", \\\"name\\\": \\\"Other\\\", \\\"fields\\\":"
                                + " [{\\\"name\\\": \\\"id\\\", \\\"type\\\": \\\"string\\\"}]}\"}");
        SourceSettings capture = new SourceSettings(withRegistry(
                Settings.source(replication, source), Servers.registry().url()));
        try (Daemon daemon = Daemon.capture(capture.capture())) {
            assertThat(daemon.awaitFailure())
                    .isInstanceOfSatisfying(
                            TwinlogException.class,
                            e -> assertThat(e.category()).isEqualTo(Category.SCHEMA))
                    .hasMessageContaining(subject)
                    .hasMessageContaining("incompatible")
                    .hasMessageContaining("PUT /config/" + subject);
        }
    }

    @Test
    void authentication_and_tls(@TempDir Path directory) throws Exception {
        try (RegistryFront front =
                RegistryFront.start(directory, Servers.registry().url())) {
            URI url = URI.create(front.url());
            String subject = Servers.name("auth");

            int id = new RegistryClient(
                            new RegistryAddress(url, "clerk", "secret", null, front.certificate(), null, null, null))
                    .register(subject, ControlCodec.SCHEMA);
            RegistryClient token = new RegistryClient(
                    new RegistryAddress(url, null, null, "token-1", front.trustStore(), "changeit", null, null));
            assertThat(token.find(new SchemaId(true, id))).isEqualTo(ControlCodec.SCHEMA);
            assertThatThrownBy(() -> token.find(new SchemaId(true, 999_999)))
                    .isInstanceOf(UnknownSchemaException.class)
                    .hasMessageContaining("999999");
            assertThatThrownBy(() -> new RegistryClient(new RegistryAddress(
                                    url, "clerk", "wrong", null, front.certificate(), null, null, null))
                            .register(subject, ControlCodec.SCHEMA))
                    .isInstanceOfSatisfying(
                            TwinlogException.class,
                            e -> assertThat(e.category()).isEqualTo(Category.CONFIG))
                    .hasMessageContaining("401")
                    .hasMessageNotContaining("wrong");
            assertThatThrownBy(() -> new RegistryClient(
                                    new RegistryAddress(url, null, null, "token-1", null, null, null, null))
                            .find(new SchemaId(true, id)))
                    .isInstanceOfSatisfying(
                            TwinlogException.class,
                            e -> assertThat(e.category()).isEqualTo(Category.CONFIG))
                    .hasMessageContaining("certificate");
        }
    }
}
