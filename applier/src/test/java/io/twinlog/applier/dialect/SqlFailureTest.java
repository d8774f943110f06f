package io.twinlog.applier.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Error classes: every code of the PostgreSQL manual, appendix A, has the meaning that decides what the applier does. */
class SqlFailureTest {

    @ParameterizedTest
    @CsvSource({
        "TRANSIENT, 40000 40001 40P01 55P03 72000",
        "OUTAGE, 08000 08003 08006 08001 08004 08007 08P01",
        "OUTAGE, 53000 53100 53200 53300 53400",
        "OUTAGE, 57000 57014 57P01 57P02 57P03 57P04 57P05",
        "OUTAGE, 58000 58030 58P01 58P02 58P03",
        "OUTAGE, 25006 25P02 25P03 25P04 26000 40003 55006 HV00N",
        "DATA, 22000 2202E 22021 22008 22012 22005 2200B 22022 22015 2201E 22014 22016 2201F 2201G 22018 22007 22019",
        "DATA, 2200D 22025 22P06 22010 22023 22013 2201B 2201W 2201X 2202H 2202G 22009 2200C 2200G 22004 22002 22003",
        "DATA, 2200H 22026 22001 22011 22027 22024 2200F 22P01 22P02 22P03 22P04 22P05 2200L 2200M 2200N 2200S 2200T",
        "DATA, 22030 22031 22032 22033 22034 22035 22036 22037 22038 22039 2203A 2203B 2203C 2203D 2203E 2203F 2203G",
        "DATA, 23000 23001 23502 23503 23505 23514 23P01 44000",
        "DATA, 09000 20000 27000 2F000 2F005 2F002 2F003 2F004 54000 54001 54011 54023",
        "DATA, 38000 38001 38002 38003 38004 39000 39001 39004 39P01 39P02 39P03 P0000 P0001 P0002 P0003 P0004",
        "SCHEMA, 3F000 42703 42704 42804 42809 42846 42883 428C9 42P01 42P10 55000",
        "PRIVILEGE, 28000 28P01 3D000 42501",
        "BUG, 03000 0A000 0B000 0F000 0F001 0L000 0LP01 0P000 0Z000 0Z002 21000 24000 25000 25001 25002 25008 25003",
        "BUG, 25004 25005 25007 25P01 2B000 2BP01 2D000 34000 3B000 3B001 40002 42000 42601 42602 42611 42622 42701",
        "BUG, 42702 42710 42712 42723 42725 42803 42830 42939 42P02 42P03 42P04 42P05 42P06 42P07 42P08 42P09 42P11",
        "BUG, 42P12 42P13 42P14 42P15 42P16 42P17 42P18 42P19 42P20 42P21 42P22 55P02 55P04 F0000 F0001 HV000 XX000",
        "BUG, XX001 XX002",
    })
    void a_code_means(SqlFailure expected, String codes) {
        assertThat(List.of(codes.split(" ")))
                .allSatisfy(code -> assertThat(SqlFailure.of(new SQLException("words", code)))
                        .as(code)
                        .isEqualTo(expected));
    }

    @Test
    void an_error_without_a_code_comes_from_the_connection() {
        assertThat(SqlFailure.of(new SQLException("reset"))).isEqualTo(SqlFailure.OUTAGE);
        assertThat(SqlFailure.of(new SQLException("reset", "X"))).isEqualTo(SqlFailure.OUTAGE);
    }

    @Test
    void a_plan_that_an_altered_table_has_made_useless_is_made_again_by_a_new_session() {
        assertThat(SqlFailure.of(new SQLException("ERROR: cached plan must not change result type", "0A000")))
                .isEqualTo(SqlFailure.OUTAGE);
    }

    @Test
    void words_hold_no_row_values_and_name_the_sessions_of_a_deadlock() {
        assertThat(SqlFailure.words(error("23505", "duplicate key", "Key (v)=(secret) already exists.")))
                .isEqualTo("duplicate key");
        assertThat(SqlFailure.words(error(
                        "40P01", "deadlock detected", "Process 1 waits; blocked by process 2.\nProcess 2 waits.")))
                .isEqualTo("deadlock detected: Process 1 waits; blocked by process 2. Process 2 waits.");
    }

    private static SQLException error(String state, String message, String detail) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0D" + detail + "\0"));
    }
}
