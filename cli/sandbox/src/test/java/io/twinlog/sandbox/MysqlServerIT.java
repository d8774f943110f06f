package io.twinlog.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Runs with -Pmysql only. */
class MysqlServerIT {

    @Test
    void server_keeps_what_was_committed_over_restart_and_crash_and_leaves_nothing() throws SQLException {
        Path data;
        try (EmbeddedMysql mysql = EmbeddedMysql.builder()
                .password("s3cret'\\")
                .setting("server_id", "77")
                .start()) {
            data = mysql.dataDir();
            assertThat(value(mysql, "SELECT @@server_id")).isEqualTo("77");
            assertThat(value(mysql, "SELECT @@binlog_row_metadata")).isEqualTo("FULL");
            assertThatThrownBy(() -> DriverManager.getConnection(mysql.jdbcUrl(""), "root", "wrong"))
                    .hasMessageContaining("Access denied");
            mysql.createDatabase("shop");
            mysql.execute("shop", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
            mysql.restart();
            mysql.execute("shop", "INSERT INTO t VALUES (3)");
            mysql.kill();
            assertThat(mysql.isRunning()).isFalse();
            mysql.start();
            assertThat(value(mysql, "SELECT count(*) FROM shop.t")).isEqualTo("3");
        }
        assertThat(data.getParent()).doesNotExist();
    }

    private static String value(EmbeddedMysql mysql, String sql) throws SQLException {
        try (Connection connection = mysql.connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
