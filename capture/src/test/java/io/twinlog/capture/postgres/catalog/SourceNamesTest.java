package io.twinlog.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceNamesTest {

    @Test
    void slot_names_are_legal() {
        assertThat(new SourceNames("Shop-1").slot()).isEqualTo("twinlog_shop_1");
        String longName = "x".repeat(60);
        assertThat(new SourceNames(longName).slot())
                .hasSizeLessThanOrEqualTo(63)
                .matches("[a-z0-9_]+");
        assertThat(new SourceNames(longName).resumeSlot()).hasSizeLessThanOrEqualTo(63);
        assertThat(new SourceNames(longName + "y").slot()).isNotEqualTo(new SourceNames(longName).slot());
    }
}
