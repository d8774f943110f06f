package io.twinlog.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.run.Preconditions;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.check.Check;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckReportTest {

    private final List<Check> checks = List.of(
            Check.ok("source wal_level", "logical"),
            Check.problem("source role", "The user lacks REPLICATION", "ALTER ROLE clerk REPLICATION"),
            Check.warning("table public.account", "Detection strength KEY", "ALTER TABLE ..."));

    @Test
    void the_table_shows_every_check_in_its_group_with_the_statement_that_mends_it() {
        assertThat(new CheckReport(new Preconditions(checks, null)).table()).isEqualTo("""
                        source
                          OK       source wal_level  logical
                          PROBLEM  source role       The user lacks REPLICATION
                                   -> ALTER ROLE clerk REPLICATION
                        tables
                          WARN     table public.account  Detection strength KEY
                                   -> ALTER TABLE ...

                        1 problem, 1 warning; replication cannot start. Nothing was changed.
                        """);
    }

    @Test
    void the_refusal_names_problems_only() {
        assertThat(new CheckReport(new Preconditions(checks, null)).refusal())
                .contains("there is 1 problem. Nothing was created.", "ALTER ROLE clerk REPLICATION")
                .doesNotContain("wal_level", "public.account");
    }

    @Test
    void few_warnings_are_shown_at_a_start() {
        List<Check> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(Check.warning("table public.t" + i, "Detection strength KEY", null));
        }

        assertThat(new CheckReport(new Preconditions(many, null)).warnings().lines())
                .hasSize(6)
                .last()
                .asString()
                .contains("and 95 more warnings");
    }

    /** Scripts read these names: add, never change. */
    @Test
    void the_names_in_the_json_are_those_of_docs_operations_md() throws Exception {
        JsonNode json =
                new ObjectMapper().readTree(Json.of(new CheckReport(new Preconditions(checks, null)).document()));

        assertThat(json.fieldNames()).toIterable().containsExactly("ready", "problems", "warnings", "checks");
        assertThat(json.at("/checks/1").fieldNames())
                .toIterable()
                .containsExactly("group", "subject", "level", "message", "remedy");
        assertThat(json.at("/checks/1/level").asText()).isEqualTo("problem");
    }
}
