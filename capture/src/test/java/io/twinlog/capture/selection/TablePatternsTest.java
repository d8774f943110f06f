package io.twinlog.capture.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.table.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablePatternsTest {

    private static TableId table(String name) {
        return new TableId("public", name);
    }

    @Test
    void stars_and_percents_are_wildcards_and_nothing_else_is() {
        TablePatterns patterns =
                new TablePatterns(List.of("public.a_*", "public.x?", "public.Odd Name", "!public.a_%_old"));
        assertThat(patterns.selects(table("a_b"))).isTrue();
        assertThat(patterns.selects(table("axb"))).isFalse();
        assertThat(patterns.selects(table("x?"))).isTrue();
        assertThat(patterns.selects(table("xy"))).isFalse();
        assertThat(patterns.selects(table("Odd Name"))).isTrue();
        assertThat(patterns.selects(table("a_b_old"))).isFalse();
        assertThat(patterns.selects(new TableId("other", "a_b"))).isFalse();
        assertThat(patterns.names(table("a_b"))).isFalse();
        assertThat(patterns.names(table("x?"))).isTrue();
    }

    @Test
    void patterns_that_match_nothing_or_lack_the_schema_are_named() {
        TablePatterns patterns = new TablePatterns(List.of("public.*", "orders", "sales.*", "!tmp"));
        assertThat(patterns.unmatched(List.of(table("a")))).containsExactly("orders", "sales.*");
        assertThat(patterns.malformed()).containsExactly("orders", "!tmp");
    }
}
