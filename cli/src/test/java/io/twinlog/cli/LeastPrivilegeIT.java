package io.twinlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.cli.support.Cli;
import io.twinlog.cli.support.Cli.Result;
import io.twinlog.cli.support.Servers;
import io.twinlog.cli.support.TwinlogFile;
import io.twinlog.sandbox.EmbeddedPostgres;
import io.twinlog.sandbox.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The roles that docs/operations.md tells to create suffice, and its statements work as they are printed there. */
@ExtendWith(Servers.Extension.class)
class LeastPrivilegeIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);
    private static final String[] TABLE = {
        "CREATE TABLE account (id int PRIMARY KEY, owner text)", "ALTER TABLE account REPLICA IDENTITY FULL"
    };

    @TempDir
    Path directory;

    private final Cli cli = new Cli();
    private final Servers servers;
    private final String shop;

    LeastPrivilegeIT(Servers servers) {
        this.servers = servers;
        this.shop = servers.databases();
    }

    @AfterEach
    void drop_the_roles() {
        dropRole(servers.source(), "twinlog_capture");
        dropRole(servers.target(), "twinlog_apply");
        dropRole(servers.source(), "twinlog_operator");
        dropRole(servers.target(), "twinlog_operator");
    }

    @Test
    void a_superuser_makes_the_publication_and_the_documented_roles_do_the_rest() throws IOException {
        createTablesAndRoles();
        Path file = file();

        Result doctor = cli.run("doctor", "-f", file);
        assertThat(doctor.exitCode()).as(doctor.all()).isEqualTo(2);
        MatchResult statement = Pattern.compile("CREATE PUBLICATION [^\\n]*")
                .matcher(doctor.out())
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("doctor prints the statement\n" + doctor.out()));
        servers.source().execute(shop, statement.group());

        replicates(file);

        Result refused = cli.run("drop", "-f", file, "--yes");
        assertThat(refused.exitCode()).as(refused.all()).isEqualTo(2);
        assertThat(refused.err()).contains("must be owner of publication twinlog_" + shop);
        servers.source().execute(shop, "DROP PUBLICATION twinlog_" + shop);
        drops(file);
    }

    @Test
    void a_role_that_owns_its_tables_makes_the_publication_itself() throws IOException {
        createTablesAndRoles();
        servers.source()
                .execute(shop, "ALTER TABLE account OWNER TO twinlog_capture", inline("GRANT CREATE ON DATABASE"));

        Path file = file();
        replicates(file);
        drops(file);
    }

    private void createTablesAndRoles() throws IOException {
        servers.source().execute(shop, TABLE);
        servers.target().execute(shop, TABLE);
        servers.source().execute(shop, "INSERT INTO account SELECT i, 'o' || i FROM generate_series(1, 100) i");
        servers.source().execute(shop, block(0));
        servers.target().execute(shop, block(1));
    }

    private String block(int index) throws IOException {
        List<String> blocks = SQL.matcher(privileges())
                .results()
                .map(block -> prepared(block.group(1)))
                .toList();
        assertThat(blocks).as("capture, applier, operator at either side").hasSize(4);
        return before15() ? withoutParameterGrants(blocks.get(index)) : blocks.get(index);
    }

    /** Looks and decides with the roles of an operator, beside the running applier. */
    private void operates() throws IOException {
        servers.target().execute(shop, block(2), "UPDATE account SET owner = 'local' WHERE id = 1");
        servers.source().execute(shop, block(3), "UPDATE account SET owner = 'theirs' WHERE id = 1");
        Path file = new TwinlogFile(Files.createDirectories(directory.resolve("operator")), servers, shop)
                .with("source.user", "twinlog_operator")
                .with("target.user", "twinlog_operator")
                .path();
        for (String[] command : new String[][] {
            {"wait"}, {"status"}, {"conflicts", "list"}, {"conflicts", "replay", "--all", "--policy", "overwrite"}
        }) {
            List<Object> words = new ArrayList<>(List.of(command));
            words.addAll(List.of("-f", file));
            Result done = cli.run(words.toArray());
            assertThat(done.exitCode()).as(done.all()).isZero();
            assertThat(done.all()).doesNotContain("cannot be asked");
        }
        assertThat(Servers.value(servers.target(), shop, "SELECT owner FROM account WHERE id = 1"))
                .isEqualTo("theirs");
    }

    /** The documentation says that a superuser is needed before PostgreSQL 15. */
    private static String withoutParameterGrants(String block) {
        return block.replaceAll("(?m)^GRANT SET ON PARAMETER.* TO (\\w+);.*$", "ALTER ROLE $1 SUPERUSER;");
    }

    private boolean before15() {
        return Integer.parseInt(Servers.value(servers.target(), shop, "SHOW server_version_num")) < 150000;
    }

    private void replicates(Path file) throws IOException {
        try (JavaProcess run = JavaProcess.of(Main.class)
                .likeLauncher("512m")
                .arguments("run", "-f", file.toString())
                .start()) {
            // Not the wait before: at its start the slot may still be missing.
            run.awaitOutput("capture +PRIMARY", LIMIT);
            servers.source()
                    .execute(
                            shop,
                            "INSERT INTO account VALUES (200, 'new')",
                            "UPDATE account SET owner = 'changed' WHERE id <= 50",
                            "DELETE FROM account WHERE id = 60",
                            "TRUNCATE account",
                            "INSERT INTO account VALUES (1, 'after truncate')");
            Result wait = cli.run("wait", "-f", file, "--timeout", "60s");
            assertThat(wait.exitCode()).as(wait.all() + run.output()).isZero();
            String rows = "SELECT string_agg(a::text, ' ' ORDER BY id) FROM account a";
            assertThat(Servers.value(servers.target(), shop, rows))
                    .isEqualTo(Servers.value(servers.source(), shop, rows));
            assertThat(run.output()).as("the origin is set").doesNotContain("carries no replication origin");
            operates();
            run.terminate();
            assertThat(run.awaitExit(LIMIT)).isZero();
        }
        Result status = cli.run("status", "-f", file);
        assertThat(status.exitCode()).as(status.all()).isZero();
        assertThat(status.out()).doesNotContain("cannot be asked");
    }

    private void drops(Path file) {
        Result drop = cli.run("drop", "-f", file, "--yes");
        assertThat(drop.exitCode()).as(drop.all()).isZero();
        assertThat(servers.topics(shop)).isEmpty();
    }

    private Path file() {
        return new TwinlogFile(directory, servers, shop)
                .with("source.user", "twinlog_capture")
                .with("target.user", "twinlog_apply")
                .path();
    }

    private String prepared(String documented) {
        return documented
                .replace("'...'", "'" + Servers.PASSWORD.replace("'", "''") + "'")
                .replace("DATABASE shop", "DATABASE " + shop);
    }

    /** The statement between backticks that begins so. */
    private String inline(String begin) throws IOException {
        return prepared(Pattern.compile("`(" + begin + "[^`]*)`")
                .matcher(privileges())
                .results()
                .findFirst()
                .orElseThrow()
                .group(1));
    }

    private static String privileges() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "security.md"));
        int begin = page.indexOf("## Roles of the databases");
        assertThat(begin).as("the section on roles").isNotNegative();
        return page.substring(begin, page.indexOf("\n## ", begin));
    }

    private void dropRole(EmbeddedPostgres server, String role) {
        if ("1".equals(Servers.value(server, shop, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'"))) {
            server.execute(shop, "REASSIGN OWNED BY " + role + " TO postgres", "DROP OWNED BY " + role);
            server.execute("postgres", "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }
}
