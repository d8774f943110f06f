package io.twinlog.connect.bed;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;

/** A database of its own for one test. */
public record Database(String name) {

    public static Database create(String purpose) {
        String name = Servers.name(purpose);
        Servers.postgres().createDatabase(name);
        return new Database(name);
    }

    public String url() {
        return Servers.postgres().jdbcUrl(name);
    }

    public Database sql(String... statements) {
        Servers.postgres().execute(name, statements);
        return this;
    }

    /** All rows, columns separated by '|'. */
    public List<String> query(String sql) {
        try (Connection connection = Servers.postgres().connect(name);
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
