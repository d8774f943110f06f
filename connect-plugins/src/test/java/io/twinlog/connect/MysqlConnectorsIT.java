package io.twinlog.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.connect.bed.ConnectWorker;
import io.twinlog.connect.bed.Database;
import io.twinlog.connect.bed.Servers;
import io.twinlog.connect.bed.Settings;
import io.twinlog.connect.bed.Topics;
import io.twinlog.schemas.conflict.ConflictCodec;
import io.twinlog.schemas.conflict.ConflictKind;
import org.junit.jupiter.api.Test;

/** Both connectors with MySQL, in a real distributed worker, with the plugins as packaged. */
class MysqlConnectorsIT {

    private static final String STOCK =
            "CREATE TABLE stock (id int PRIMARY KEY, pieces bigint, price decimal(12,2), note varchar(40))";
    private static final String ALL = "SELECT id, pieces, price, note FROM stock ORDER BY id";

    private final ConnectWorker worker = Servers.worker();

    @Test
    void changes_of_mysql_arrive_in_postgresql_also_after_pause_and_restart() {
        String replication = Servers.name("myconn");
        Database source = Database.create(Servers.mysql(), replication)
                .sql(STOCK, "INSERT INTO stock VALUES (1, 10, 0.10, 'ü😀')");
        Database target = Database.create("dst");
        target.sql(
                "CREATE SCHEMA " + replication,
                STOCK.replace("stock", replication + ".stock"),
                "ALTER DATABASE " + target.name() + " SET search_path = " + replication);
        String capture = replication + "-source";
        String apply = replication + "-sink";

        worker.run(capture, Settings.source(replication, source));
        worker.run(apply, Settings.sink(replication, target));
        target.awaitRows(ALL, "1|10|0.10|ü😀");
        worker.pause(capture);
        source.sql("INSERT INTO stock VALUES (2, -9223372036854775808, NULL, 'paused')");
        worker.resume(capture);
        target.awaitRows(ALL, "1|10|0.10|ü😀", "2|-9223372036854775808|null|paused");
        worker.restart(capture);
        worker.restart(apply);
        source.sql("UPDATE stock SET id = 3 WHERE id = 2", "DELETE FROM stock WHERE id = 1");
        target.awaitRows(ALL, "3|-9223372036854775808|null|paused");
        worker.delete(capture);
        worker.delete(apply);
    }

    @Test
    void changes_of_postgresql_arrive_in_mysql_and_conflicts_are_parked() {
        String replication = Servers.name("myback");
        Database source = Database.create("src")
                .sql(STOCK, "ALTER TABLE stock REPLICA IDENTITY FULL", "INSERT INTO stock VALUES (1, 10, 0.10, 'ü😀')");
        Database target = Database.create(Servers.mysql(), "public").sql(STOCK);
        String capture = replication + "-source";
        String apply = replication + "-sink";

        worker.run(capture, Settings.source(replication, source));
        worker.run(apply, Settings.sink(replication, target));
        target.awaitRows(ALL, "1|10|0.10|ü😀");
        worker.restart(apply);
        target.sql("UPDATE stock SET pieces = 11 WHERE id = 1");
        source.sql("UPDATE stock SET pieces = 12 WHERE id = 1", "INSERT INTO stock VALUES (2, 20, 1, 'new')");
        target.awaitRows(ALL, "1|11|0.10|ü😀", "2|20|1.00|new");
        assertThat(Topics.read(replication + "\\.conflicts"))
                .singleElement()
                .satisfies(record ->
                        assertThat(ConflictCodec.decode(record.value()).kind()).isEqualTo(ConflictKind.UPDATE_DIFFERS));
        worker.delete(capture);
        worker.delete(apply);
    }
}
