package io.twinlog.cli.config;

import static io.twinlog.cli.config.GivenFile.MINIMAL;
import static io.twinlog.cli.config.GivenFile.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.cli.config.ApplyConfiguration.ExistingRowsChoice;
import io.twinlog.cli.config.ApplyConfiguration.Order;
import io.twinlog.cli.config.CaptureConfiguration.Origin;
import io.twinlog.cli.config.CaptureConfiguration.Snapshot;
import io.twinlog.cli.config.ConfigurationFile.Side;
import io.twinlog.cli.config.ConflictRuleConfiguration.Scope;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {

    @TempDir
    Path directory;

    @Test
    void a_short_file_has_defaults_for_the_rest() {
        TwinlogConfiguration configuration = file(directory, MINIMAL).read(Side.SOURCE, Side.TARGET);

        assertThat(configuration)
                .isEqualTo(new TwinlogConfiguration(
                        new ReplicationName("shop"),
                        new KafkaConfiguration("localhost:9092", null, Map.of()),
                        new SchemasConfiguration("topic", null, null, null, null, null, null, null),
                        new SourceConfiguration(
                                new DatabaseUrl("jdbc:postgresql://localhost:5432/shop"),
                                "twinlog",
                                new Secret(""),
                                List.of(new TablePattern("public.*"))),
                        new TargetConfiguration(
                                new DatabaseUrl("jdbc:postgresql://localhost:5433/shop"), "twinlog", new Secret("")),
                        new CaptureConfiguration(Snapshot.INITIAL, 3, Origin.ANY),
                        new ApplyConfiguration(
                                Order.TRANSACTION, 5000, Duration.ofMillis(5), ExistingRowsChoice.FAIL_IF_NOT_EMPTY),
                        new ConflictsConfiguration(ConflictPolicy.HOLD, 0, List.of()),
                        new MetricsConfiguration(null)));
    }

    @Test
    void every_key_can_be_set() {
        TwinlogConfiguration configuration = file(directory, """
                        replication: shop-2
                        kafka:
                          bootstrap.servers: a:1,b:2
                          security.protocol: SASL_SSL
                          sasl.jaas.config: ${JAAS}
                        schemas:
                          registry: https://registry:8081/apis/ccompat/v7
                          user: clerk
                          password: pass
                          truststore.location: ca.pem
                          truststore.password: trust
                          keystore.location: own.p12
                          keystore.password: own
                        source:
                          url: jdbc:postgresql://db/shop?sslmode=require
                          user: reader
                          password: ${file:secrets/shop}
                          tables: ["public.*", "!public.audit_%"]
                        target:
                          url: jdbc:postgresql://db2/shop
                          user: writer
                          password: ${PASSWORD}
                        capture: { snapshot: only, partitions: 12, origin: local }
                        apply: { order: transaction, batch.events: 100, batch.linger: 2s, existing.rows: upsert }
                        conflicts:
                          default: skip
                          max: 50
                          rules:
                            - { tables: ["public.stock"], kinds: [update_differs, insert_exists], policy: newest,
                                column: changed_at, scope: all }
                            - { policy: delta, columns: [balance, points] }
                            - { policy: priority, origins: [target, source] }
                        metrics: { listen: "[::1]:9464" }
                        """)
                .variable("JAAS", "secret jaas")
                .variable("PASSWORD", "@:/?#'\" %${PASSWORD}")
                .beside("secrets/shop", "one\ntwo \n")
                .read();

        assertThat(configuration)
                .isEqualTo(new TwinlogConfiguration(
                        new ReplicationName("shop-2"),
                        new KafkaConfiguration(
                                "a:1,b:2",
                                null,
                                Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "secret jaas")),
                        new SchemasConfiguration(
                                "https://registry:8081/apis/ccompat/v7",
                                "clerk",
                                new Secret("pass"),
                                null,
                                directory.resolve("ca.pem"),
                                new Secret("trust"),
                                directory.resolve("own.p12"),
                                new Secret("own")),
                        new SourceConfiguration(
                                new DatabaseUrl("jdbc:postgresql://db/shop?sslmode=require"),
                                "reader",
                                new Secret("one\ntwo "),
                                List.of(new TablePattern("public.*"), new TablePattern("!public.audit_%"))),
                        new TargetConfiguration(
                                new DatabaseUrl("jdbc:postgresql://db2/shop"),
                                "writer",
                                new Secret("@:/?#'\" %${PASSWORD}")),
                        new CaptureConfiguration(Snapshot.ONLY, 12, Origin.LOCAL),
                        new ApplyConfiguration(
                                Order.TRANSACTION, 100, Duration.ofSeconds(2), ExistingRowsChoice.UPSERT),
                        new ConflictsConfiguration(
                                ConflictPolicy.SKIP,
                                50,
                                List.of(
                                        new ConflictRuleConfiguration(
                                                List.of(new TablePattern("public.stock")),
                                                List.of(ConflictKind.UPDATE_DIFFERS, ConflictKind.INSERT_EXISTS),
                                                ConflictPolicy.NEWEST,
                                                "changed_at",
                                                List.of(),
                                                List.of(),
                                                Scope.ALL),
                                        new ConflictRuleConfiguration(
                                                List.of(),
                                                List.of(),
                                                ConflictPolicy.DELTA,
                                                null,
                                                List.of("balance", "points"),
                                                List.of(),
                                                Scope.CHANGED),
                                        new ConflictRuleConfiguration(
                                                List.of(),
                                                List.of(),
                                                ConflictPolicy.PRIORITY,
                                                null,
                                                List.of(),
                                                List.of("target", "source"),
                                                Scope.CHANGED))),
                        new MetricsConfiguration(new ListenAddress("::1", 9464))));
    }

    @Test
    void an_embedded_broker_takes_the_place_of_bootstrap_servers() {
        TwinlogConfiguration configuration = file(directory, """
                        replication: shop
                        kafka: { embedded: { dir: data/kafka, port: 19092 } }
                        """).read();

        assertThat(configuration.kafka().embedded())
                .isEqualTo(new EmbeddedKafkaConfiguration(directory.resolve("data/kafka"), 19092));
        assertThat(configuration.kafka().clientSettings()).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:19092"));
    }

    @Test
    void all_problems_are_reported_at_once_in_the_order_of_the_file() {
        List<String> problems = file(directory, """
                        replication: shop
                        kafka: { bootstrap.server: "localhost:9092" }
                        source:
                          url: mongodb://localhost/shop
                          user: twinlog
                          pasword: hush-hush
                          tables: public.*
                        target:
                          url: jdbc:postgresql://localhost/shop
                          password: ${NOWHERE}
                        capture: { snapshot: inital, partitions: 0 }
                        apply: { batch.events: many, batch.linger: 5, order: key }
                        snapshot: initial
                        """).problems(Side.SOURCE, Side.TARGET);

        assertThat(problems)
                .containsExactly(
                        "line 2, column 8: kafka.bootstrap.servers is missing (or embedded, for a broker in this process)",
                        "line 2, column 10: kafka.bootstrap.server is not a setting of Kafka's clients;"
                                + " do you mean bootstrap.servers?",
                        "line 4, column 8: source.url names a mongodb database; this version knows PostgreSQL, MariaDB and MySQL only",
                        "line 6, column 3: source.pasword is not a known key; do you mean source.password?",
                        "line 7, column 11: source.tables must be a list, such as [\"first\", \"second\"]",
                        "line 9, column 3: target.user is missing",
                        "line 10, column 13: target.password needs the environment variable NOWHERE, which is not set",
                        "line 11, column 22: capture.snapshot must be one of none, initial, only; do you mean initial?"
                                + " (found 'inital')",
                        "line 11, column 42: capture.partitions must be from 1 to 1000 (found '0')",
                        "line 12, column 24: apply.batch.events must be a whole number (found 'many')",
                        "line 12, column 44: apply.batch.linger must be a duration with its unit, such as 5ms, 2s, 1m or 1h"
                                + " (found '5')",
                        "line 12, column 54: apply.order must be transaction (found 'key')",
                        "line 13, column 1: snapshot is not a known key; do you mean capture.snapshot?");
    }

    @Test
    void a_file_without_anything_says_what_is_missing() {
        assertThat(file(directory, "{}").problems(Side.SOURCE, Side.TARGET))
                .containsExactly(
                        "line 1, column 1: replication is missing",
                        "line 1, column 1: kafka is missing",
                        "line 1, column 1: source is missing, and this command needs it",
                        "line 1, column 1: target is missing, and this command needs it");
    }

    @Test
    void a_missing_file_says_how_to_get_one() {
        assertThatThrownBy(() -> new ConfigurationFile(directory.resolve("no.yaml"), name -> null).read(Set.of()))
                .hasMessageContainingAll("no.yaml does not exist", "-f FILE", "twinlog sandbox --dir DIR");
        assertThatThrownBy(() -> new ConfigurationFile(directory, name -> null).read(Set.of()))
                .hasMessageContaining("is a directory");
    }

    @Test
    void text_that_is_no_mapping_is_refused() {
        assertThat(file(directory, "").problems()).hasSize(1).first().asString().contains("must be a YAML mapping");
        assertThat(file(directory, "- a").problems())
                .hasSize(1)
                .first()
                .asString()
                .contains("must be a YAML mapping");
    }

    @Test
    void broken_yaml_is_located_and_not_quoted() {
        List<String> problems = file(directory, "replication: shop\nsource: { password: 'hush-hush, user: x }\n")
                .problems();

        assertThat(problems).hasSize(1).first().asString().contains("line 3, column 1: This is not YAML");
        assertThat(problems.toString()).doesNotContain("hush");
    }

    @Test
    void sections_values_and_lists_are_not_mixed_up() {
        assertThat(file(directory, """
                                replication: [shop]
                                kafka: localhost:9092
                                source: { url: { host: x }, user: , tables: [[a.b], nodot] }
                                target:
                                conflicts: { rules: [hold, { policy: [x] }, { kinds: [update_difers], policy: overwrite }] }
                                """).problems())
                .containsExactly(
                        "line 1, column 14: replication must be a single value",
                        "line 2, column 8: kafka must be a section with keys below it",
                        "line 3, column 16: source.url must be a single value",
                        "line 3, column 34: source.user has no value; remove the key, or write \"\" for an empty text",
                        "line 3, column 46: source.tables[0] must be a single value",
                        "line 3, column 53: source.tables[1] must have the form schema.table, where * and % stand for any"
                                + " text and a leading ! leaves tables out",
                        "line 4, column 8: target must be a section with keys below it",
                        "line 5, column 22: conflicts.rules[0] must be a section with keys below it",
                        "line 5, column 38: conflicts.rules[1].policy must be a single value",
                        "line 5, column 55: conflicts.rules[2].kinds[0] must be one of insert_exists, update_missing,"
                                + " update_differs, delete_missing, delete_differs, unique_exists, constraint, conversion,"
                                + " target_missing, undecodable; do you mean update_differs? (found 'update_difers')");
    }

    @Test
    void a_registry_is_a_url_and_has_one_way_of_authentication() {
        assertThat(file(directory, MINIMAL + "schemas: { registry: confluent }\n")
                        .problems())
                .singleElement()
                .asString()
                .contains("schemas.registry must be topic or the http:// or https:// URL of a schema registry");
        assertThat(file(directory, MINIMAL + "schemas: { token: t }\n").problems())
                .singleElement()
                .asString()
                .contains("schemas.registry must be the URL of a schema registry where the other keys");
        assertThat(file(directory, MINIMAL + "schemas: { registry: \"http://r:1\", token: t, user: u }\n")
                        .problems())
                .singleElement()
                .asString()
                .contains("schemas.token cannot stand beside user");
        assertThat(file(directory, MINIMAL + "schemas: { registry: \"http:///x\", password: hush }\n")
                        .problems())
                .satisfiesExactly(
                        line -> assertThat(line).contains("schemas.registry is no URL"),
                        line -> assertThat(line)
                                .contains("schemas.password needs schemas.user")
                                .doesNotContain("hush"));
    }

    @Test
    void a_policy_that_cannot_decide_is_refused_with_what_it_lacks() {
        assertThat(file(directory, MINIMAL + """
                                conflicts:
                                  default: delta
                                  rules:
                                    - { policy: maximum }
                                    - { policy: delta, kinds: [update_missing], columns: [a] }
                                    - { policy: overwrite, column: a, kinds: [constraint] }
                                    - { policy: priority, columns: [b] }
                                    - { policy: skip, kinds: [delete_missing], scope: all }
                                    - { policy: newset }
                                """).problems())
                .satisfiesExactly(
                        line -> assertThat(line).contains("conflicts.rules[0].column is missing", "maximum needs it"),
                        line -> assertThat(line)
                                .contains("conflicts.rules[1].kinds names update_missing", "it is for update_differs"),
                        line -> assertThat(line).contains("conflicts.rules[2].column has no meaning"),
                        line -> assertThat(line).contains("conflicts.rules[2].kinds names constraint"),
                        line -> assertThat(line).contains("conflicts.rules[3].origins is missing"),
                        line -> assertThat(line).contains("conflicts.rules[3].columns has no meaning"),
                        line -> assertThat(line).contains("conflicts.rules[4].scope says all"),
                        line -> assertThat(line).contains("conflicts.rules[5].policy", "do you mean newest?"));
        assertThat(file(directory, MINIMAL + "conflicts: { default: delta }\n").problems())
                .singleElement()
                .asString()
                .contains("conflicts.default", "delta needs a rule that names its columns");
    }

    @Test
    void what_a_reference_stands_for_is_never_shown() {
        List<String> problems = file(directory, """
                        replication: ${HUSH}
                        kafka: { embedded: { dir: d, port: "${HUSH}" } }
                        source: { url: "${HUSH}", user: "${file:none}", password: "x${", tables: ["${HUSH}"] }
                        capture: { snapshot: "${HUSH}" }
                        apply: { batch.events: "${HUSH}", batch.linger: "${HU SH}" }
                        """).variable("HUSH", "hush!").problems();

        assertThat(problems).hasSize(9);
        assertThat(problems.toString()).doesNotContain("hush!");
        assertThat(problems).anyMatch(line -> line.contains("source.user needs the file") && line.contains("none"));
        assertThat(problems).anyMatch(line -> line.contains("source.password has a ${ without its }"));
    }

    @Test
    void the_text_form_of_a_configuration_holds_no_secret() {
        TwinlogConfiguration configuration = file(directory, """
                        replication: shop
                        kafka: { bootstrap.servers: "a:1", ssl.key.password: hush-1 }
                        source: { url: "jdbc:postgresql://h/d?sslpassword=hush-2&ssl=true", user: u, password: hush-3 }
                        target: { url: "jdbc:postgresql://h/d", user: u, password: hush-4 }
                        """).read();

        assertThat(configuration.toString()).doesNotContain("hush").contains("ssl.key.password", "ssl=true");
    }

    @Test
    void kafka_settings_that_the_promises_hang_on_are_ours() {
        assertThat(file(directory, MINIMAL.replace("localhost:9092\"", "localhost:9092\", acks: 1"))
                        .problems())
                .containsExactly("line 2, column 47: kafka.acks is set by Twinlog, because exactly-once depends on it;"
                        + " remove it");
        assertThat(file(directory, MINIMAL.replace("localhost:9092\"", "localhost:9092\", my.interceptor.flag: 1"))
                        .read()
                        .kafka()
                        .further())
                .isEqualTo(Map.of("my.interceptor.flag", "1"));
    }

    @Test
    void a_key_that_stands_twice_is_refused() {
        assertThat(file(directory, MINIMAL + "replication: other\n").problems())
                .containsExactly("line 5, column 1: replication stands here twice");
    }

    @Test
    void two_brokers_are_one_too_many() {
        assertThat(file(directory, MINIMAL.replace("localhost:9092\"", "localhost:9092\", embedded: { dir: d }"))
                        .problems())
                .containsExactly(
                        "line 2, column 47: kafka.embedded cannot stand beside bootstrap.servers; remove one of"
                                + " them");
    }

    @Test
    void an_address_to_listen_at_has_a_host_and_a_port() {
        for (String wrong :
                List.of("9464", "localhost", "localhost:", ":9464", "localhost:70000", "http://localhost:1")) {
            assertThat(file(directory, MINIMAL + "metrics: { listen: \"" + wrong + "\" }\n")
                            .problems())
                    .as(wrong)
                    .singleElement()
                    .asString()
                    .contains("metrics.listen must be HOST:PORT, such as localhost:9464");
        }
        assertThat(ListenAddress.parse("[::1]:9464")).hasToString("[::1]:9464");
    }

    @Test
    void tables_must_name_something() {
        assertThat(file(directory, MINIMAL.replaceFirst("user: twinlog", "user: twinlog, tables: [\"!public.a\"]"))
                        .problems())
                .singleElement()
                .asString()
                .contains("source.tables names no table");
    }
}
