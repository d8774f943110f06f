package io.twinlog.containers;

import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The composition's MariaDB as source and as target of the daemon's image, cut off the network in between. */
@ExtendWith(Engine.class)
@Timeout(900)
class MariadbContainersIT {

    private static final String FILE = """
            replication: %s
            kafka: { bootstrap.servers: "kafka:9092" }
            source: { url: "%s", user: %s, password: %s, tables: ["%s"] }
            target: { url: "%s", user: %s, password: %s }
            metrics: { listen: "0.0.0.0:9464" }
            """;
    private static final String MARIADB = "jdbc:mariadb://mariadb:3306/";
    private static final String STOCK = "CREATE TABLE stock (id int PRIMARY KEY, pieces int, note varchar(40));";

    private static Composition composition;

    @BeforeAll
    static void start() {
        composition = new Composition();
        composition.start("source", "target", "mariadb", "kafka");
    }

    @AfterAll
    static void stop() {
        if (composition != null) {
            composition.close();
        }
    }

    private static Service daemon(String file) {
        return composition.start(composition.described("daemon").with("/etc/twinlog/shop.yaml", file));
    }

    @Test
    void a_mariadb_is_captured_also_after_it_was_cut_off() {
        composition.mariadb("shop", STOCK + " INSERT INTO stock VALUES (1, 1, 'ü')");
        composition.sql(
                "target",
                "shop",
                "CREATE SCHEMA shop AUTHORIZATION twinlog; SET ROLE twinlog; SET search_path = shop; " + STOCK);
        Supplier<String> here =
                () -> composition.mariadb("shop", "SELECT concat_ws('|', id, pieces, note) FROM stock ORDER BY id");
        Supplier<String> there =
                () -> composition.sql("target", "shop", "SELECT id, pieces, note FROM shop.stock ORDER BY id");
        String file = FILE.formatted(
                "frommaria",
                MARIADB,
                "root",
                "mariadb",
                "shop.stock",
                "jdbc:postgresql://target:5432/shop",
                "twinlog",
                "twinlog");
        try (Service daemon = daemon(file)) {
            Composition.awaitSame("initial sync", here, there);
            composition.service("mariadb").disconnect();
            composition.mariadb(
                    "shop", "INSERT INTO stock VALUES (2, 2, 'cut off'); UPDATE stock SET pieces = 9 WHERE id = 1");
            composition.service("mariadb").connect();
            Composition.awaitSame("mariadb is back", here, there);
            composition.service("mariadb").pause();
            composition.service("mariadb").unpause();
            composition.service("kafka").disconnect();
            composition.mariadb("shop", "DELETE FROM stock WHERE id = 1");
            composition.service("kafka").connect();
            Composition.awaitSame("kafka is back", here, there);
        }
    }

    @Test
    void a_mariadb_is_applied_to_also_after_it_was_cut_off() {
        composition.mariadb(
                "shop",
                "CREATE DATABASE public; CREATE TABLE public.account (id bigint PRIMARY KEY, owner longtext"
                        + " CHARACTER SET utf8mb4 NOT NULL, balance decimal(12,2) NOT NULL)");
        Supplier<String> here =
                () -> composition.sql("source", "shop", "SELECT count(*), sum(balance), sum(id) FROM account");
        Supplier<String> there = () ->
                composition.mariadb("public", "SELECT concat_ws('|', count(*), sum(balance), sum(id)) FROM account");
        String file = FILE.formatted(
                "tomaria",
                "jdbc:postgresql://source:5432/shop",
                "twinlog",
                "twinlog",
                "public.account",
                MARIADB,
                "root",
                "mariadb");
        try (Service daemon = daemon(file)) {
            Composition.awaitSame("initial sync", here, there);
            composition.service("mariadb").disconnect();
            composition.sql("source", "shop", "UPDATE account SET balance = balance + 1 WHERE id < 500");
            composition.service("mariadb").connect();
            Composition.awaitSame("mariadb is back", here, there);
            composition.service("mariadb").pause();
            composition.sql("source", "shop", "DELETE FROM account WHERE id > 9000");
            composition.service("mariadb").unpause();
            Composition.awaitSame("mariadb is thawed", here, there);
        }
    }
}
