package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Servers;
import io.twinlog.sandbox.EmbeddedMariadb;
import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two databases that replicate each other, of both kinds, by the files of the handbook: each change goes to the other side once, and does not come back. */
@ExtendWith(Servers.Extension.class)
class TwinsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String ROWS = "SELECT concat(id, ' ', v) FROM public.item ORDER BY id";
    private static final String APPLIED = "SELECT seq FROM twinlog.progress";

    private final Cli cli = new Cli();

    @Test
    void changes_of_each_side_arrive_at_the_other_and_do_not_return(Servers servers, @TempDir Path directory)
            throws Exception {
        String name = servers.databases();
        try (EmbeddedMariadb mariadb = EmbeddedMariadb.builder()
                .setting("innodb_flush_log_at_trx_commit", "0")
                .password("secret")
                .start()) {
            String create = "CREATE TABLE public.item (id int PRIMARY KEY, v int NOT NULL)";
            servers.source().execute(name, create, "ALTER TABLE public.item REPLICA IDENTITY FULL");
            mariadb.execute("", "CREATE DATABASE public", create);
            servers.source().execute(name, "INSERT INTO item VALUES (1, 1), (2, 1)");
            String user = "CREATE USER twinlog";
            servers.source().execute(name, user + " SUPERUSER PASSWORD 'secret'");
            mariadb.execute("", user + "@'%' IDENTIFIED BY 'secret'", "GRANT ALL ON *.* TO twinlog@'%'");
            Files.writeString(directory.resolve("password"), "secret");
            Path there = directory.resolve("there.yaml");
            Path back = directory.resolve("back.yaml");
            writeDocumented(
                    List.of(there, back),
                    Map.of(
                            "localhost:9092",
                            servers.kafka().bootstrapServers(),
                            "localhost:5432/shop",
                            "127.0.0.1:" + servers.source().port() + "/" + name,
                            "localhost:3306",
                            "127.0.0.1:" + mariadb.port()));
            try (JavaProcess first = start(there)) {
                await(there, first);
                try (JavaProcess second = start(back)) {
                    await(back, second);
                    servers.source()
                            .execute(name, "INSERT INTO item VALUES (10, 1)", "UPDATE item SET v = 2 WHERE id = 1");
                    mariadb.execute(
                            "public",
                            "INSERT INTO item VALUES (20, 1)",
                            "UPDATE item SET v = 2 WHERE id = 2",
                            "DELETE FROM item WHERE id = 20",
                            "INSERT INTO item VALUES (30, 1)");
                    await(there, first);
                    await(back, second);
                    // What came back would be captured and applied by now.
                    await(there, first);
                    servers.source().execute(name, "DELETE FROM item WHERE id = 30", "TRUNCATE item");
                    await(there, first);
                    await(back, second);

                    servers.source().execute(name, "INSERT INTO item VALUES (40, 4)");
                    mariadb.execute("public", "INSERT INTO item VALUES (50, 5)");
                    await(there, first);
                    await(back, second);
                    await(there, first);

                    List<String> expected = List.of("40 4", "50 5");
                    assertThat(rows(servers.source().connect(name), ROWS)).isEqualTo(expected);
                    assertThat(rows(mariadb.connect(""), ROWS)).isEqualTo(expected);
                    // One snapshot chunk and five transactions there, five back; none of the other side's.
                    assertThat(rows(mariadb.connect(""), APPLIED)).containsExactly("6");
                    assertThat(rows(servers.source().connect(name), APPLIED)).containsExactly("5");
                    for (Path file : List.of(there, back)) {
                        assertThat(cli.run("conflicts", "list", "-f", file).all())
                                .contains("No open conflicts");
                    }
                    second.terminate();
                    assertThat(second.awaitExit(PATIENCE)).isIn(0, 143);
                }
                first.terminate();
                assertThat(first.awaitExit(PATIENCE)).isIn(0, 143);
            }
        }
    }

    /** The files of the handbook, which stand beside each other there, as they are but for the servers' addresses. */
    private static void writeDocumented(List<Path> files, Map<String, String> addresses) throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        int begin = page.indexOf("    # " + files.get(0).getFileName());
        List<String> lines =
                page.substring(begin, page.indexOf("\n\n", begin)).lines().toList();
        int second = lines.get(0).indexOf("# " + files.get(1).getFileName());
        StringBuilder left = new StringBuilder();
        StringBuilder right = new StringBuilder();
        for (String line : lines) {
            int end = Math.min(second, line.length());
            left.append(line.substring(0, end).stripTrailing()).append('\n');
            right.append(line.substring(end)).append('\n');
        }
        List<String> texts = List.of(left.toString().stripIndent(), right.toString());
        for (int i = 0; i < files.size(); i++) {
            String text = texts.get(i);
            for (Map.Entry<String, String> address : addresses.entrySet()) {
                assertThat(text).contains(address.getKey());
                text = text.replace(address.getKey(), address.getValue());
            }
            Files.writeString(files.get(i), text);
        }
    }

    private static JavaProcess start(Path file) throws Exception {
        return JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start();
    }

    private void await(Path file, JavaProcess run) {
        run.awaitOutput("PRIMARY", PATIENCE);
        Cli.Result result = cli.run("wait", "-f", file, "--timeout", "60s");
        assertThat(result.exitCode()).as(result.all() + run.output()).isZero();
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(row.getString(1));
            }
            return rows;
        }
    }
}
