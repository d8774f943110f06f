package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.FreePort;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code status} is for the hour of trouble: it answers whatever is down. */
@ExtendWith(Servers.Extension.class)
class StatusIT {

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    StatusIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @Test
    void a_replication_that_never_ran_is_unknown() throws Exception {
        Path file = new TwinlogFile(directory, servers, shop).path();

        JsonNode status = json(cli.run("status", "-f", file, "--json"));

        assertThat(status.at("/capture/state").asText()).isEqualTo("UNKNOWN");
        assertThat(status.at("/source/reachable").asBoolean()).isTrue();
        assertThat(status.at("/source/slot").isNull()).isTrue();
        assertThat(status.at("/target/applied_seq").isNull()).isTrue();
        assertThat(status.at("/conflicts").asLong()).isZero();
        assertThat(cli.run("conflicts", "list", "-f", file).out()).isEqualTo("No open conflicts.\n");
        assertThat(servers.topics(shop)).isEmpty();
    }

    @Test
    void with_every_server_unreachable_there_is_still_an_answer() throws Exception {
        Path file = new TwinlogFile(directory, servers, shop)
                .with("source.url", "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/shop")
                .with("target.password", "hush-hush")
                .with("kafka", "{ bootstrap.servers: \"127.0.0.1:" + FreePort.find() + "\" }")
                .path();

        JsonNode status = json(cli.run("status", "-f", file, "--json"));
        Result text = cli.run("status", "-f", file);

        for (String server : new String[] {"source", "kafka", "target"}) {
            assertThat(status.at("/" + server + "/reachable").asBoolean()).isFalse();
            assertThat(status.at("/" + server + "/error").asText()).isNotBlank();
        }
        assertThat(text.out()).contains("cannot be asked").doesNotContain("Exception");
        assertThat(cli.everything()).doesNotContain("hush-hush", Servers.PASSWORD);
    }

    private static JsonNode json(Result result) throws Exception {
        assertThat(result.exitCode()).as(result.all()).isZero();
        return new ObjectMapper().readTree(result.out());
    }
}
