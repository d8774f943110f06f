package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The handbook's ways to provoke each kind of conflict (docs/conflicts.md) do provoke it. */
@ExtendWith(Servers.Extension.class)
class DocumentedConflictsIT {

    private static final Path HANDBOOK = Path.of("..", "docs", "conflicts.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(\\w+)` \\|[^|]*\\|([^|]*)\\|[^|]*\\|$", Pattern.MULTILINE);
    private static final Pattern STATEMENT = Pattern.compile("`([^`]+)`");

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    DocumentedConflictsIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    /** What is run at the target, then at the source. */
    private record Provocation(List<String> target, List<String> source) {}

    @Test
    void every_kind_is_provoked_as_described_and_settled() throws Exception {
        Map<String, Provocation> kinds = provocations();
        assertThat(kinds.keySet())
                .containsExactly(
                        "insert_exists",
                        "update_missing",
                        "update_differs",
                        "delete_missing",
                        "delete_differs",
                        "unique_exists",
                        "constraint",
                        "conversion",
                        "target_missing",
                        "behind");
        String table = "CREATE TABLE stock (id int PRIMARY KEY, name text, quantity int)";
        String rows = "INSERT INTO stock SELECT i, 'thing ' || i, i FROM generate_series(1, 9) i";
        servers.source().execute(shop, table, rows, "ALTER TABLE stock REPLICA IDENTITY FULL");
        servers.target().execute(shop, table, rows);
        Path file = new TwinlogFile(directory, servers, shop)
                .with("capture.snapshot", "none")
                .with("conflicts.rules", "[ { kinds: [target_missing], policy: hold } ]")
                .path();
        try (JavaProcess run = JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start()) {
            run.awaitOutput("capture +PRIMARY", Duration.ofSeconds(60));
            for (Map.Entry<String, Provocation> kind : kinds.entrySet()) {
                servers.target().execute(shop, kind.getValue().target().toArray(String[]::new));
                servers.source().execute(shop, kind.getValue().source().toArray(String[]::new));
                Result waited = cli.run("wait", "--timeout", "60s", "-f", file);
                assertThat(waited.exitCode()).as(waited.all()).isZero();
                assertThat(conflicts(file, kind.getKey())).as(kind.getKey()).hasSize(1);
            }
            servers.target().execute(shop, "ALTER TABLE stock ADD COLUMN name text");
            discard(file);
            run.terminate();
            assertThat(run.awaitExit(Duration.ofSeconds(60))).isZero();
        }
    }

    private void discard(Path file) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("conflicts", "discard", "--reason", "tried", "-f", file.toString()));
        for (JsonNode conflict : new ObjectMapper()
                .readTree(cli.run("conflicts", "list", "--json", "-f", file).out())) {
            words.add(conflict.at("/id").asText());
        }
        Result discarded = cli.run(words.toArray());
        assertThat(discarded.exitCode()).as(discarded.all()).isZero();
        assertThat(cli.run("conflicts", "list", "-f", file).out()).contains("No open conflicts");
    }

    private JsonNode conflicts(Path file, String kind) throws IOException {
        String state = kind.equals("behind") ? "held" : "open";
        Result list = cli.run("conflicts", "list", "--kind", kind, "--state", state, "--json", "-f", file);
        assertThat(list.exitCode()).as(list.all()).isZero();
        return new ObjectMapper().readTree(list.out());
    }

    private static Map<String, Provocation> provocations() throws IOException {
        String page = Files.readString(HANDBOOK);
        String section = page.substring(page.indexOf("## Kinds"), page.indexOf("## Policies"));
        Map<String, Provocation> found = new LinkedHashMap<>();
        Matcher row = ROW.matcher(section);
        while (row.find()) {
            String[] sides = row.group(2).split("(^|; | )S ", 2);
            if (sides.length == 2) {
                List<String> target = statements(sides[0]);
                found.put(
                        row.group(1),
                        new Provocation(target, sides[1].startsWith("the same") ? target : statements(sides[1])));
            }
        }
        return found;
    }

    private static List<String> statements(String cell) {
        List<String> found = new ArrayList<>();
        Matcher statement = STATEMENT.matcher(cell);
        while (statement.find()) {
            // Other words in the cell are names of kinds.
            if (statement.group(1).contains(" ")) {
                found.add(statement.group(1));
            }
        }
        return found;
    }
}
