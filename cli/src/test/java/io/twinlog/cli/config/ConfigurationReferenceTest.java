package io.twinlog.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dtwinlog.regenerate=true} to write the page anew. */
class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void docs_configuration_md_says_what_the_records_say() throws IOException {
        String page = ConfigurationReference.page();
        if (Boolean.getBoolean("twinlog.regenerate")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
                .as("docs/configuration.md is stale; write it anew with: mvn -pl cli -am test"
                        + " -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtwinlog.regenerate=true")
                .isEqualTo(page);
    }
}
