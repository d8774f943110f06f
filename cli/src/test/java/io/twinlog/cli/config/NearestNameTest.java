package io.twinlog.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    private static final List<String> KNOWN = List.of("batch.events", "batch.linger", "existing.rows", "order");

    @Test
    void finds_the_name_that_was_meant() {
        assertThat(NearestName.of("batch-events", KNOWN)).contains("batch.events");
        assertThat(NearestName.of("batchEvents", KNOWN)).contains("batch.events");
        assertThat(NearestName.of("odrer", KNOWN)).contains("order");
        assertThat(NearestName.of("existing_row", KNOWN)).contains("existing.rows");
    }

    @Test
    void does_not_guess_wildly() {
        assertThat(NearestName.of("password", KNOWN)).isEmpty();
        assertThat(NearestName.of("x", KNOWN)).isEmpty();
    }
}
