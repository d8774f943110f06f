package io.twinlog.connect.bed;

import io.twinlog.sandbox.EmbeddedServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/**
 * A database of its own for one test.
 *
 * @param mariadb the MariaDB or MySQL it lives at, or null at the PostgreSQL of all tests
 */
public record Database(String name, EmbeddedServer mariadb) {

    public static Database create(String purpose) {
        String name = Servers.name(purpose);
        Servers.postgres().createDatabase(name);
        return new Database(name, null);
    }

    /** One at a MariaDB or MySQL. */
    public static Database create(EmbeddedServer mariadb, String name) {
        mariadb.execute("", "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
        return new Database(name, mariadb);
    }

    public String url() {
        return mariadb == null ? Servers.postgres().jdbcUrl(name) : mariadb.jdbcUrl("");
    }

    public String user() {
        return mariadb == null ? "postgres" : mariadb.user();
    }

    /** The patterns of its tables. */
    public String tables() {
        return mariadb == null ? "public.*" : name + ".*";
    }

    public Database sql(String... statements) {
        if (mariadb == null) {
            Servers.postgres().execute(name, statements);
        } else {
            mariadb.execute(name, statements);
        }
        return this;
    }

    private Connection connect() throws SQLException {
        return mariadb == null ? Servers.postgres().connect(name) : mariadb.connect(name);
    }

    /** All rows, columns separated by '|'. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> result = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    row.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                result.add(row.toString());
            }
            return result;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void awaitRows(String sql, String... rows) {
        Awaitility.await(name + ": " + sql)
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .untilAsserted(() -> Assertions.assertThat(query(sql)).containsExactly(rows));
    }
}
