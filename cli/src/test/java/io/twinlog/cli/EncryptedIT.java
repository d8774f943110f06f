package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.sandbox.EmbeddedKafka;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.JavaProcess;
import io.twinlog.sandbox.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of docs/security.md, against servers that take no connection in the clear. */
class EncryptedIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "s3cret wörd";

    @TempDir
    Path directory;

    private final Cli cli = new Cli();

    @Test
    void everything_goes_through_tls_and_kafka_asks_for_a_password() throws Exception {
        Path authority = SelfSigned.create(directory, "server").certificate();
        Path stranger = SelfSigned.create(directory, "stranger").certificate();
        try (EmbeddedPostgres source = postgres("source");
                EmbeddedPostgres target = postgres("target");
                EmbeddedKafka kafka = kafka(authority)) {
            source.execute("shop", "CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')");
            target.execute("shop", "CREATE TABLE t (id int PRIMARY KEY, v text)");
            Path file = configuration(source, target, kafka, authority);

            Result refused = cli.run("doctor", "-f", configuration(source, target, kafka, stranger));
            assertThat(refused.exitCode()).as(refused.all()).isEqualTo(2);
            assertThat(refused.all()).contains("source", "target", "kafka").containsIgnoringCase("certificat");

            file = configuration(source, target, kafka, authority);
            try (JavaProcess run = JavaProcess.of(Main.class)
                    .likeLauncher("512m")
                    .arguments("run", "-f", file.toString())
                    .start()) {
                run.awaitOutput("capture +PRIMARY", LIMIT);
                source.execute("shop", "INSERT INTO t VALUES (2, repeat('long ', 100000))");
                Result waited = cli.run("wait", "-f", file, "--timeout", "60s");
                assertThat(waited.exitCode()).as(waited.all() + run.output()).isZero();
                assertThat(value(target, "SELECT string_agg(md5(v), ' ' ORDER BY id) FROM t"))
                        .isEqualTo(value(source, "SELECT string_agg(md5(v), ' ' ORDER BY id) FROM t"));
                for (EmbeddedPostgres server : new EmbeddedPostgres[] {source, target}) {
                    assertThat(value(
                                    server,
                                    "SELECT bool_and(ssl) AND count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                                            + " WHERE application_name LIKE 'twinlog%'"))
                            .isEqualTo("t");
                }
                run.terminate();
                assertThat(run.awaitExit(LIMIT)).isZero();
                assertThat(run.output() + cli.everything()).doesNotContain(PASSWORD);
            }
        }
    }

    /** The page's file with the addresses and accounts of these servers. */
    private Path configuration(EmbeddedPostgres source, EmbeddedPostgres target, EmbeddedKafka kafka, Path authority)
            throws IOException {
        String page = Files.readString(Path.of("..", "docs", "security.md"));
        Matcher yaml = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertThat(yaml.find()).isTrue();
        String text = yaml.group(1)
                .replace("kafka:9093", kafka.bootstrapServers())
                .replace("source:5432", "127.0.0.1:" + source.port())
                .replace("target:5432", "127.0.0.1:" + target.port())
                .replace("twinlog_capture", "postgres")
                .replace("twinlog_apply", "postgres")
                .replace("/etc/twinlog/ca.pem", authority.toString());
        for (String name : new String[] {"kafka-password", "source-password", "target-password"}) {
            Files.writeString(directory.resolve(name), PASSWORD);
        }
        return Files.writeString(directory.resolve("twinlog.yaml"), text);
    }

    private EmbeddedPostgres postgres(String name) throws Exception {
        Path home = directory.resolve(name);
        EmbeddedPostgres server =
                EmbeddedPostgres.builder().directory(home).password(PASSWORD).start();
        server.createDatabase("shop");
        Path data = home.resolve("data");
        for (String part : new String[] {"crt", "key"}) {
            Path file = data.resolve("server." + part);
            Files.copy(directory.resolve("server." + part), file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            Files.setOwner(file, Files.getOwner(data));
        }
        String hba = Files.readString(data.resolve("pg_hba.conf"));
        Files.writeString(data.resolve("pg_hba.conf"), hba.replaceAll("(?m)^host\\b", "hostssl"));
        server.execute("postgres", "ALTER SYSTEM SET ssl = on");
        server.restart();
        return server;
    }

    private EmbeddedKafka kafka(Path authority) {
        String login =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\""
                        + PASSWORD + "\" user_broker=\"" + PASSWORD + "\" user_twinlog=\"" + PASSWORD + "\";";
        return EmbeddedKafka.builder()
                .setting("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_SSL")
                .setting("ssl.keystore.type", "PKCS12")
                .setting(
                        "ssl.keystore.location", directory.resolve("server.p12").toString())
                .setting("ssl.keystore.password", SelfSigned.STORE_PASSWORD)
                .setting("ssl.truststore.type", "PEM")
                .setting("ssl.truststore.location", authority.toString())
                .setting("sasl.enabled.mechanisms", "PLAIN")
                .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .setting("listener.name.plaintext.plain.sasl.jaas.config", login)
                .start();
    }

    private static String value(EmbeddedPostgres server, String query) {
        return io.twinlog.cli.support.Servers.value(server, "shop", query);
    }
}
