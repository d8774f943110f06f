package io.twinlog.capture.mariadb.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statements that changed their names, against servers that know only what their versions know (MySQL manuals of 8.0, 8.4, 9). */
class ServerVersionsTest {

    private static final String CAPTURED = "3066dee0-0000-0000-0000-000000000001:1-5";
    private static final String OLD_STATUS = "SHOW MASTER STATUS";
    private static final String NEW_STATUS = "SHOW BINARY LOG STATUS";

    private static ScriptedServer server(String version, String status) {
        return new ScriptedServer(version)
                .answer(
                        status,
                        "File",
                        "binlog.000007",
                        "Position",
                        "1234",
                        "Binlog_Do_DB",
                        "shop",
                        "Binlog_Ignore_DB",
                        "");
    }

    @ParameterizedTest
    @CsvSource({
        "8.0.11, MySQL, SHOW MASTER STATUS",
        "8.0.43-0ubuntu0.24.04.1, MySQL, SHOW MASTER STATUS",
        "8.1.0, MySQL, SHOW MASTER STATUS",
        "8.2.0, MySQL, SHOW BINARY LOG STATUS",
        "8.4.6, MySQL, SHOW BINARY LOG STATUS",
        "9.7.4, MySQL, SHOW BINARY LOG STATUS",
        "10.5.23-MariaDB-0+deb11u1, MariaDB, SHOW MASTER STATUS",
        "10.6.22-MariaDB-log, MariaDB, SHOW MASTER STATUS",
        "12.0.2-MariaDB, MariaDB, SHOW MASTER STATUS",
    })
    void each_is_asked_where_its_log_ends_as_it_understands(String version, String product, String status)
            throws SQLException {
        ScriptedServer server = server(version, status);
        BinlogFiles files = new BinlogFiles(server.connect());
        assertThat(files.kind().product()).isEqualTo(product);
        assertThat(files.end()).isEqualTo("binlog.000007:1234");
        assertThat(files.filters()).isEqualTo("shop");
        assertThat(server.asked()).containsOnly(status);
    }

    /** 8.0 has both names for what it replicates from 8.0.22 on; 8.4 has the new ones alone. */
    @ParameterizedTest
    @CsvSource({
        "8.0.11, SHOW MASTER STATUS, SHOW SLAVE STATUS, Slave_SQL_Running",
        "8.0.43, SHOW MASTER STATUS, SHOW SLAVE STATUS, Slave_SQL_Running",
        "8.2.0, SHOW BINARY LOG STATUS, SHOW REPLICA STATUS, Replica_SQL_Running",
        "8.4.6, SHOW BINARY LOG STATUS, SHOW REPLICA STATUS, Replica_SQL_Running",
        "9.7.4, SHOW BINARY LOG STATUS, SHOW REPLICA STATUS, Replica_SQL_Running",
    })
    void each_is_asked_whether_it_still_replicates_as_it_understands(
            String version, String status, String replica, String applies) throws SQLException {
        assertThatThrownBy(() -> enter(server(version, status).answer(replica, applies, "Yes")))
                .isInstanceOfSatisfying(TwinlogException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.OUTAGE);
                    assertThat(failure).hasMessageContaining("Waiting for what it replicates");
                });
        assertThatThrownBy(() -> enter(server(version, status).answer(replica, applies, "No")))
                .isInstanceOfSatisfying(
                        TwinlogException.class,
                        failure -> assertThat(failure.category()).isEqualTo(Category.GAP));
    }

    /** Lacks a transaction that was captured. */
    private static void enter(ScriptedServer server) throws SQLException {
        server.variable("gtid_mode", "ON")
                .variable("server_uuid", "320e3bbb-0000-0000-0000-000000000002")
                .variable("gtid_executed", "3066dee0-0000-0000-0000-000000000001:1-4");
        BinlogFiles files = new BinlogFiles(server.connect());
        ServerKind.Entrance unreachable = files.kind().enter("shop", files, java.util.List.of(CAPTURED));
        assertThat(unreachable).isNull();
    }

    /** The place of a snapshot without a lock: the log has not moved, and nobody was about to commit. */
    @ParameterizedTest
    @CsvSource({"8.0.43, SHOW MASTER STATUS", "8.4.6, SHOW BINARY LOG STATUS"})
    void the_place_of_a_snapshot_is_asked_likewise(String version, String status) throws SQLException {
        ScriptedServer server = server(version, status)
                .answer("SELECT @@GLOBAL.gtid_mode", "v", "ON")
                .answer("SELECT @@GLOBAL.gtid_owned", "v", "");
        assertThat(ServerKind.of(server.connect()).beginSnapshot(server.connect()))
                .isEqualTo("binlog.000007:1234");
        assertThat(server.asked())
                .containsExactly(
                        "SELECT @@GLOBAL.gtid_mode",
                        status,
                        "SELECT @@GLOBAL.gtid_owned",
                        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
                        status);
    }
}
