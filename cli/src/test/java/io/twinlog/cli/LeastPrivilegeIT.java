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
        List<String> blocks = SQL.matcher(privileges())
                .results()
                .map(block -> prepared(block.group(1)))
                .toList();
        assertThat(blocks).as("a block for the source, a block for the target").hasSize(2);
        servers.source().execute(shop, blocks.get(0));
        servers.target().execute(shop, before15() ? withoutParameterGrants(blocks.get(1)) : blocks.get(1));
    }

    /** The documentation says that a superuser is needed before PostgreSQL 15. */
    private static String withoutParameterGrants(String block) {
        return block.replaceAll("(?m)^GRANT SET ON PARAMETER.*$", "ALTER ROLE twinlog_apply SUPERUSER;");
    }

    private boolean before15() {
        return Integer.parseInt(Servers.value(servers.target(), shop, "SHOW server_version_num")) < 150000;
    }

    private void replicates(Path file) {
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
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        int begin = page.indexOf("### Privileges");
        assertThat(begin).as("the section Privileges").isNotNegative();
        return page.substring(begin, page.indexOf("\n## ", begin));
    }

    private void dropRole(EmbeddedPostgres server, String role) {
        if ("1".equals(Servers.value(server, shop, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'"))) {
            server.execute(shop, "REASSIGN OWNED BY " + role + " TO postgres", "DROP OWNED BY " + role);
            server.execute("postgres", "DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }
}
