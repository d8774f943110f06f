package io.twinlog.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.applier.replay.ConflictEntry;
import io.twinlog.cli.terminal.Json;
import io.twinlog.schemas.conflict.ConflictKind;
import io.twinlog.schemas.conflict.ConflictOutcome;
import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.conflict.Resolution;
import io.twinlog.schemas.table.ReplicaIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConflictDocumentTest {

    private final ConflictRecord conflict = new ConflictRecord(
            "1-7-2",
            ConflictKind.UPDATE_DIFFERS,
            "public",
            "account",
            Map.of("id", "7"),
            "u",
            "The row differs",
            List.of("balance"),
            row("7", "1.00"),
            row("7", null),
            row("7", "3.00"),
            List.of(),
            null,
            ReplicaIdentity.FULL,
            ConflictPolicy.HOLD,
            ConflictOutcome.HELD,
            "The policy is hold",
            null,
            null,
            null,
            1,
            "0/1A",
            "99",
            1_000_000,
            2_000_000,
            "shop.public.account",
            0,
            12,
            null,
            new byte[0]);

    @Test
    void the_text_shows_the_images_side_by_side() {
        assertThat(ConflictDocument.of(entry(conflict)).text())
                .contains("conflict 1-7-2: update_differs", "public.account", "1970-01-01T00:00:01Z at 0/1A")
                .contains("id       7                  7               7")
                .contains("balance  1.00               NULL            3.00            <- differs");
    }

    @Test
    void a_missing_row_and_a_column_that_was_not_logged_are_told_from_null() {
        ConflictRecord missing = new ConflictRecord(
                "1-7-2",
                ConflictKind.UPDATE_MISSING,
                "public",
                "account",
                Map.of("id", "7"),
                "u",
                "No row",
                List.of(),
                Map.of("id", "7"),
                row("7", "2.00"),
                null,
                List.of(),
                null,
                ReplicaIdentity.FULL,
                ConflictPolicy.HOLD,
                ConflictOutcome.HELD,
                "The policy is hold",
                null,
                null,
                null,
                1,
                "0/1A",
                null,
                0,
                0,
                "t",
                0,
                0,
                null,
                new byte[0]);

        assertThat(ConflictDocument.of(entry(missing)).text()).contains("(not logged)", "(no row)");
    }

    /** Scripts read these names: add, never change. */
    @Test
    void the_names_in_the_json_are_those_of_docs_operations_md() throws Exception {
        JsonNode shown = new ObjectMapper().readTree(Json.of(ConflictDocument.of(entry(conflict))));
        JsonNode listed = new ObjectMapper().readTree(Json.of(List.of(ConflictDocument.Summary.of(entry(conflict)))));

        assertThat(shown.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "kind",
                        "table",
                        "key",
                        "operation",
                        "evidence",
                        "differing",
                        "before",
                        "after",
                        "current",
                        "blocking",
                        "constraint",
                        "detection",
                        "policy",
                        "outcome",
                        "reason",
                        "held_behind",
                        "origin",
                        "sql_state",
                        "attempt",
                        "position",
                        "tx_id",
                        "committed",
                        "detected",
                        "topic",
                        "partition",
                        "offset",
                        "state",
                        "chain",
                        "resolution");
        assertThat(listed.get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "kind",
                        "table",
                        "key",
                        "operation",
                        "evidence",
                        "detected",
                        "state",
                        "chain",
                        "resolution");
        assertThat(shown.at("/resolution").fieldNames())
                .toIterable()
                .containsExactly("state", "actor", "reason", "policy", "attempt", "time");
        assertThat(shown.at("/after/balance").isNull()).isTrue();
    }

    private static ConflictEntry entry(ConflictRecord conflict) {
        return new ConflictEntry(conflict, Resolution.atDetection(conflict), conflict.id());
    }

    private static Map<String, String> row(String id, String balance) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("id", id);
        row.put("balance", balance);
        return row;
    }
}
