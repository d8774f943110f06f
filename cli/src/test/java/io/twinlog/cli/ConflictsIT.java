package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The commands about conflicts, beside a replication in another process. */
@ExtendWith(Servers.Extension.class)
class ConflictsIT {

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;
    private Path file;

    ConflictsIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @Test
    void from_the_list_to_the_replay_and_back_to_equal_tables() throws Exception {
        file = new TwinlogFile(directory, servers, shop).path();
        String table = "CREATE TABLE stock (id int PRIMARY KEY, name text, quantity int CHECK (quantity < 1000))";
        servers.source()
                .execute(
                        shop,
                        table.replace(" CHECK (quantity < 1000)", ""),
                        "ALTER TABLE stock REPLICA IDENTITY FULL",
                        "INSERT INTO stock SELECT i, 'thing ' || i, i FROM generate_series(1, 9) i");
        servers.target().execute(shop, table);
        try (JavaProcess run = JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start()) {
            await();
            usageIsChecked();
            conflicts();
            lists();
            dryRun();
            replays();
            sets();
            discards();
            run.terminate();
            assertThat(run.awaitExit(Duration.ofSeconds(60))).isZero();
        }
        withoutTheApplier();
    }

    private void await() {
        Result waited = cli.run("wait", "--timeout", "120s", "-f", file);
        assertThat(waited.exitCode()).as(waited.all()).isZero();
    }

    private void usageIsChecked() {
        assertUsage("Say which conflicts", "conflicts", "replay", "-f", file);
        assertUsage("--all goes with no", "conflicts", "replay", "--all", "1-1-1", "-f", file);
        assertUsage("--all goes with no", "conflicts", "replay", "--all", "--table", "stock", "-f", file);
        assertUsage("do you mean overwrite?", "conflicts", "replay", "--all", "--policy", "overwite", "-f", file);
        assertUsage("do you mean update_differs?", "conflicts", "list", "--kind", "update_difers", "-f", file);
        assertUsage("needs a rule", "conflicts", "replay", "--all", "--policy", "delta", "-f", file);
        assertUsage("stop", "conflicts", "replay", "--all", "--policy", "stop", "-f", file);
        assertUsage("--reason", "conflicts", "discard", "1-1-1", "-f", file);
        assertUsage("--reason must say", "conflicts", "discard", "1-1-1", "--reason", " ", "-f", file);
        assertUsage("neither a time", "conflicts", "list", "--since", "yesterday", "-f", file);
        assertUsage("--state is", "conflicts", "list", "--state", "shut", "-f", file);
        for (String command : new String[] {"replay", "discard"}) {
            Result unknown = cli.run("conflicts", command, "9-9-9", "--reason", "r", "-f", file);
            assertThat(unknown.exitCode()).as(unknown.all()).isEqualTo(1);
            assertThat(unknown.err()).contains("no conflict 9-9-9");
        }
        assertThat(cli.run("conflicts", "replay", "--all", "-f", file).out()).contains("Nothing that waits");
    }

    private void assertUsage(String message, Object... words) {
        Result result = cli.run(words);
        assertThat(result.exitCode()).as(result.all()).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }

    private void conflicts() {
        servers.target().execute(shop, "UPDATE stock SET quantity = 500 WHERE id IN (1, 2, 3)");
        servers.source()
                .execute(
                        shop,
                        "UPDATE stock SET quantity = quantity + 10 WHERE id IN (1, 2, 3)",
                        "UPDATE stock SET quantity = quantity + 10 WHERE id = 1",
                        "UPDATE stock SET quantity = 5000 WHERE id = 4");
        await();
    }

    private String id(String key, String state) throws Exception {
        for (JsonNode conflict :
                json("conflicts", "list", "--key", "id=" + key, "--state", state, "--json", "-f", file)) {
            return conflict.at("/id").asText();
        }
        throw new AssertionError("no conflict of key " + key);
    }

    private JsonNode json(Object... words) throws Exception {
        Result result = cli.run(words);
        assertThat(result.err()).isEmpty();
        return new ObjectMapper().readTree(result.out());
    }

    private void lists() throws Exception {
        Result list = cli.run("conflicts", "list", "-f", file);
        assertThat(list.out()).contains("STATE", "open", "held", "id=3", "5 conflicts");
        assertThat(json("conflicts", "list", "--kind", "constraint", "--since", "1h", "--json", "-f", file))
                .hasSize(1);
        assertThat(json("conflicts", "list", "--table", "other", "--json", "-f", file))
                .isEmpty();
        JsonNode status = json("status", "--json", "-f", file);
        assertThat(status.at("/conflicts").asLong()).isEqualTo(4);
        assertThat(status.at("/held_keys").asLong()).isEqualTo(4);
        assertThat(status.at("/waiting_events").asLong()).isEqualTo(5);
        assertThat(cli.run("status", "-f", file).out()).contains("4 open, 4 keys held, 5 events waiting");
    }

    private void dryRun() throws Exception {
        String id = id("1", "open");
        Result dry = cli.run("conflicts", "replay", id, "--policy", "overwrite", "--dry-run", "-f", file);
        assertThat(dry.exitCode()).as(dry.all()).isZero();
        assertThat(dry.out())
                .contains("COLUMN", "NOW", "INCOMING", "RESULT")
                .containsPattern("quantity +500 +11 +11 +<- changes")
                .containsPattern("quantity +11 +21 +21 +<- changes")
                .contains("2 events would be settled, 0 would wait on. Nothing was changed.");
        assertThat(quantity(1)).isEqualTo("500");
    }

    private String quantity(int id) {
        return Servers.value(servers.target(), shop, "SELECT quantity FROM stock WHERE id = " + id);
    }

    private void replays() throws Exception {
        Result hold = cli.run("conflicts", "replay", "--table", "public.stock", "--kind", "update_differs", "-f", file);
        assertThat(hold.exitCode()).as("the policy is still hold").isEqualTo(1);
        assertThat(hold.out()).contains("0 events settled, 3 waiting on");
        String id = id("1", "open");
        JsonNode done = json("conflicts", "replay", id, "--policy", "overwrite", "--json", "-f", file);
        assertThat(done.at("/settled").asBoolean()).isTrue();
        assertThat(done.at("/outcomes")).hasSize(2);
        assertThat(done.at("/outcomes/0/policy").asText()).isEqualTo("overwrite");
        assertThat(done.at("/outcomes/1/selected").asBoolean()).isFalse();
        assertThat(quantity(1)).isEqualTo("21");
        Result shown = cli.run("conflicts", "show", id, "-f", file);
        assertThat(shown.out()).contains("resolved, by " + System.getProperty("user.name") + "@");
        assertThat(json("status", "--json", "-f", file).at("/conflicts").asLong())
                .isEqualTo(3);
        Result twice = cli.run("conflicts", "replay", id, "--policy", "overwrite", "-f", file);
        assertThat(twice.exitCode()).isZero();
        assertThat(twice.out()).contains("It is resolved already");
        servers.source().execute(shop, "UPDATE stock SET quantity = quantity + 1 WHERE id = 1");
        await();
        assertThat(quantity(1)).as("the key goes on without a restart").isEqualTo("22");
    }

    private void sets() throws Exception {
        String id = id("4", "open");
        Result wrong = cli.run("conflicts", "replay", id, "--set", "quantitty=7", "-f", file);
        assertThat(wrong.exitCode()).as(wrong.all()).isEqualTo(2);
        assertThat(wrong.err()).contains("no column 'quantitty'", "id, name, quantity");
        assertThat(cli.run("conflicts", "replay", id, "--set", "quantity=999", "-f", file)
                        .exitCode())
                .isZero();
        assertThat(quantity(4)).isEqualTo("999");
    }

    private void discards() throws Exception {
        String id = id("2", "open");
        Result discarded = cli.run("conflicts", "discard", id, "--reason", "ticket 815", "-f", file);
        assertThat(discarded.exitCode()).as(discarded.all()).isZero();
        assertThat(discarded.out()).contains("discarded", "ticket 815");
        assertThat(quantity(2)).isEqualTo("500");
        JsonNode all = json("conflicts", "list", "--state", "discarded", "--json", "-f", file);
        assertThat(all.at("/0/resolution/reason").asText()).isEqualTo("ticket 815");
    }

    private void withoutTheApplier() throws Exception {
        Result rest = cli.run("conflicts", "replay", "--all", "--policy", "overwrite", "-f", file);
        assertThat(rest.exitCode()).as(rest.all()).isZero();
        assertThat(quantity(3)).isEqualTo("13");
        assertThat(cli.run("conflicts", "list", "-f", file).out()).isEqualTo("No open conflicts.\n");
        assertThat(json("conflicts", "list", "--state", "all", "--json", "-f", file))
                .hasSize(5);
        assertThat(json("status", "--json", "-f", file).at("/conflicts").asLong())
                .isZero();
    }
}
