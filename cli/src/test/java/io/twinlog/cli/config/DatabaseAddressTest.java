package io.twinlog.cli.config;

import static io.twinlog.cli.config.GivenFile.MINIMAL;
import static io.twinlog.cli.config.GivenFile.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may stand in source.url and target.url. */
class DatabaseAddressTest {

    @TempDir
    Path directory;

    @Test
    void user_and_password_do_not_belong_into_the_url() {
        for (String url : List.of(
                "jdbc:postgresql://u:hush@h/d",
                "jdbc:postgresql://h/d?password=hush",
                "jdbc:postgresql://h/d?a=b&user=u")) {
            List<String> problems = file(directory, MINIMAL.replace("jdbc:postgresql://localhost:5432/shop", url))
                    .problems();
            assertThat(problems).singleElement().asString().contains("source.url must not hold user or password");
            assertThat(problems.toString()).doesNotContain("hush");
        }
    }

    @Test
    void a_url_must_name_host_and_database() {
        for (String url :
                List.of("localhost:5432/shop", "jdbc:postgresql://localhost:5432/", "jdbc:postgresql://h:x/d")) {
            assertThat(file(directory, MINIMAL.replace("jdbc:postgresql://localhost:5432/shop", url))
                            .problems())
                    .singleElement()
                    .asString()
                    .contains("jdbc:postgresql://HOST:PORT/DATABASE");
        }
    }

    @Test
    void mariadb_is_a_source_and_a_target() {
        String source = MINIMAL.replace("jdbc:postgresql://localhost:5432/shop", "jdbc:mariadb://h:3306/");

        assertThat(file(directory, source).read().requiredSource().url().isMariadb())
                .isTrue();
        String target = source.replace("jdbc:postgresql://localhost:5433/shop", "jdbc:mysql://h:3306/");
        assertThat(file(directory, target).read().requiredTarget().url().isMariadb())
                .isTrue();
    }

    @Test
    void a_driver_setting_that_would_log_rows_is_refused_beside_all_other_problems() {
        String given = MINIMAL.replace(
                        "jdbc:postgresql://localhost:5432/shop", "jdbc:mariadb://h/?dumpQueriesOnException=true")
                .replace(
                        "jdbc:postgresql://localhost:5433/shop",
                        "jdbc:mariadb://h/?includeThreadDumpInDeadlockExceptions=1")
                .replace("user: twinlog", "usr: twinlog");

        assertThat(file(directory, given).problems(ConfigurationFile.Side.SOURCE, ConfigurationFile.Side.TARGET))
                .hasSize(6)
                .anyMatch(
                        line -> line.contains("source.url must not set dumpQueriesOnException: messages, and so logs"))
                .anyMatch(line -> line.contains("target.url must not set includeThreadDumpInDeadlockExceptions"))
                .anyMatch(line -> line.contains("source.usr is not a known key; do you mean source.user?"))
                .anyMatch(line -> line.contains("target.user is missing"));
    }
}
