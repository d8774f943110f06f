package io.twinlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a whole on MariaDB, at a size where its figures say nothing. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class MariadbBenchmarkIT {

    @Test
    void both_systems_carry_a_backlog_and_the_report_has_their_costs(@TempDir Path directory) throws Exception {
        Path json = directory.resolve("result.json");

        int exit = EndToEnd.run("-d", "mariadb", "-w", "W1", "--scale", "0.0005", "--json", json.toString());

        assertThat(exit).isZero();
        JsonNode results = new ObjectMapper().readTree(json.toFile());
        assertThat(results.findValuesAsText("system")).isEqualTo(List.of("native", "twinlog"));
        assertThat(results.findValuesAsText("events")).isEqualTo(List.of("500", "500"));
        for (JsonNode result : results) {
            assertThat(result.get("equal").asBoolean()).as(result.toString()).isTrue();
            assertThat(result.get("eventsPerSecond").asDouble()).isPositive();
            assertThat(result.get("cpuSeconds").fieldNames()).toIterable().contains("dump thread", "target");
        }
        assertThat(results.get(1).get("peakMiB").fieldNames()).toIterable().contains("capture", "applier", "kafka");
    }
}
