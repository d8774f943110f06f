package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.failure.TwinlogException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What is told and logged of a failure of the source holds no row values, and what to do. */
class FailuresTest {

    @ParameterizedTest
    @ValueSource(strings = {"22P02", "23505", "40001", "P0001", "XX000"})
    void values_that_postgresql_quotes_are_left_out(String state) {
        String sentence = state.startsWith("22") || state.startsWith("P0") ? "bad: \"secret\"" : "went wrong";

        assertThat(printed(postgresql(state, sentence, "Key (id)=(secret) exists.", "COPY t, line 3: \"secret\"")))
                .contains(state)
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"53400", "55000", "28000", "42501"})
    void what_postgresql_says_about_itself_stays(String state) {
        assertThat(printed(postgresql(state, "no slot is free", "max_replication_slots is 10", "line 3: \"secret\"")))
                .contains("no slot is free (max_replication_slots is 10)", state)
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {1062, 1292, 1366, 3140})
    void values_that_mariadb_quotes_are_left_out(int code) {
        SQLException failure = new SQLException("Incorrect value: 'secret'", code == 1062 ? "23000" : "HY000", code);

        assertThat(printed(Failures.classify(failure, sql -> MariadbSource.sqlFailure(sql, null))))
                .contains("error " + code)
                .doesNotContain("secret");
    }

    @Test
    void a_text_that_is_no_number_is_left_out() {
        NumberFormatException failure = new NumberFormatException("For input string: \"secret\"");

        assertThat(printed(Failures.classify(failure, sql -> PostgresSource.sqlFailure(sql, null))))
                .contains("NumberFormatException", "a_text_that_is_no_number")
                .doesNotContain("secret");
    }

    private static TwinlogException postgresql(String state, String sentence, String detail, String context) {
        SQLException failure = new PSQLException(
                new ServerErrorMessage(
                        "SERROR\0C" + state + "\0M" + sentence + "\0D" + detail + "\0W" + context + "\0"),
                true);
        assertThat(failure.getMessage()).contains("secret");
        return Failures.classify(failure, sql -> PostgresSource.sqlFailure(sql, null));
    }

    private static String printed(TwinlogException failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
