package io.twinlog.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.failure.TwinlogException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FailuresTest {

    @ParameterizedTest
    @ValueSource(strings = {"23505", "40001", "42703", "42501", "XX000"})
    void what_a_log_prints_of_a_failure_of_postgresql_holds_no_row_values(String state) {
        SQLException failure = new PSQLException(
                new ServerErrorMessage("SERROR\0C" + state + "\0Mduplicate key\0DKey (id)=(secret) exists.\0"), true);
        assertThat(failure.getMessage()).contains("secret");

        assertThat(printed(failure)).contains("duplicate key", state).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"22P02", "P0001", "53100", "57014"})
    void nor_of_a_value_that_is_refused_or_of_where_the_server_stood(String state) {
        boolean refused = state.startsWith("22") || state.startsWith("P");
        SQLException failure = new PSQLException(
                new ServerErrorMessage("SERROR\0C" + state + "\0M" + (refused ? "bad: secret" : "full")
                        + "\0WCOPY t, line 3: \"secret\"\0"),
                true);

        assertThat(printed(failure)).contains(state).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {1062, 1366, 4025})
    void nor_of_one_of_mariadb(int code) {
        SQLException failure = new SQLException("(conn=7) Duplicate entry 'secret' for key 'PRIMARY'", "23000", code);

        assertThat(printed(failure)).contains("error " + code).doesNotContain("secret");
    }

    private static String printed(SQLException failure) {
        TwinlogException classified = Failures.classify(failure);
        StringWriter text = new StringWriter();
        classified.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
