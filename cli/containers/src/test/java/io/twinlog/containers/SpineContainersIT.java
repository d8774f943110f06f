package io.twinlog.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** PostgreSQL to PostgreSQL through Kafka, by the daemon's image, while its surroundings are cut off one after the other. */
@ExtendWith(Engine.class)
@Timeout(900)
class SpineContainersIT {

    private static final String CONTENT =
            "SELECT count(*), sum(balance), md5(string_agg(a::text, ',' ORDER BY id)) FROM account a";
    private static final String CHANGE =
            "UPDATE account SET balance = balance + 1 WHERE mod(id, 10) = 0; DELETE FROM account WHERE id = %d; INSERT INTO account VALUES"
                    + " (%d + 100000, 'new', 1)";

    private static Composition composition;
    private static int changes;

    @BeforeAll
    static void start() {
        composition = new Composition();
        composition.start("source", "target", "kafka", "registry", "daemon");
        awaitTwins("initial sync");
    }

    @AfterAll
    static void stop() {
        if (composition != null) {
            composition.close();
        }
    }

    private static void change() {
        changes++;
        composition.sql("source", "shop", CHANGE.formatted(changes, changes));
    }

    private static void awaitTwins(String when) {
        Composition.awaitSame(
                when,
                () -> composition.sql("source", "shop", CONTENT),
                () -> composition.sql("target", "shop", CONTENT));
    }

    private static String[] twinlog(String... command) {
        List<String> words =
                new java.util.ArrayList<>(List.of("java", "-cp", "/opt/twinlog/lib/*", "io.twinlog.cli.Main"));
        words.addAll(List.of(command));
        words.addAll(List.of("-f", "/etc/twinlog/shop.yaml"));
        return words.toArray(String[]::new);
    }

    @Test
    void the_daemon_is_no_root_and_ends_in_order_on_sigterm() {
        Service daemon = composition.service("daemon");
        assertThat(daemon.ask("id", "-u")).isEqualTo("10001");
        change();
        assertThat(daemon.terminate()).isIn(0L, 143L);
        change();
        daemon.startAgain();
        awaitTwins("after SIGTERM");
        change();
        daemon.kill();
        change();
        daemon.startAgain();
        awaitTwins("after SIGKILL");
    }

    @Test
    void a_server_that_is_cut_off_the_network_and_comes_back_is_waited_for() {
        for (String server : List.of("kafka", "target", "source", "registry")) {
            Service cut = composition.service(server);
            cut.disconnect();
            try {
                change();
                // Without the registry the daemon works on with the schemas that it knows.
                if (!server.equals("registry")) {
                    awaitHealth(server + " is away", 1);
                }
                change();
            } finally {
                cut.connect();
            }
            awaitTwins(server + " is back");
            awaitHealth(server + " is back", 0);
        }
    }

    @Test
    void a_server_that_is_frozen_and_thawed_is_waited_for() {
        for (String server : List.of("kafka", "target")) {
            Service frozen = composition.service(server);
            frozen.pause();
            change();
            change();
            frozen.unpause();
            awaitTwins(server + " is thawed");
        }
        Service source = composition.service("source");
        change();
        source.pause();
        // No change can be made meanwhile; its kernel still answers, the server does not.
        awaitHealth("source is frozen", 1);
        source.unpause();
        change();
        awaitTwins("source is thawed");
    }

    @Test
    void a_conflict_is_listed_and_replayed_from_the_container() {
        Service daemon = composition.service("daemon");
        composition.sql("target", "shop", "UPDATE account SET balance = 1000000 WHERE id = 9001");
        composition.sql("source", "shop", "UPDATE account SET balance = 8 WHERE id = 9001");
        Awaitility.await("a conflict")
                .atMost(Duration.ofMinutes(1))
                .until(() -> daemon.exec(twinlog("conflicts", "list")).text().contains("update_differs"));
        assertThat(daemon.ask(twinlog("conflicts", "replay", "--all", "--policy", "overwrite")))
                .isNotEmpty();
        awaitTwins("replayed");
    }

    private static void awaitHealth(String when, int expected) {
        Awaitility.await("health when " + when)
                .atMost(Duration.ofMinutes(2))
                .until(() -> composition
                                .service("daemon")
                                .exec("/opt/twinlog/healthy", "9464")
                                .exitCode()
                        == expected);
    }
}
