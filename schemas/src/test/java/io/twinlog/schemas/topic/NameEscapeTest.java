package io.twinlog.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class NameEscapeTest {

    private static final List<String> NASTY = List.of(
            "plain",
            "1st",
            "größe",
            "a-b",
            "a.b",
            "select",
            "A",
            "a",
            "_x002d",
            "_x",
            "__x002db",
            "x",
            "100%_x",
            "tbl-1#2/3",
            "Quoted_\" . Schema",
            "😀",
            " trailing ",
            "_x002D",
            "a_x005fx002db");

    @Test
    void any_name_becomes_legal_and_comes_back() {
        for (String name : NASTY) {
            assertThat(NameEscape.unescape(NameEscape.forAvro(name))).isEqualTo(name);
            assertThat(NameEscape.unescape(NameEscape.forTopic(name))).isEqualTo(name);
            assertThat(NameEscape.forAvro(name)).matches("[A-Za-z_][A-Za-z0-9_]*");
            assertThat(NameEscape.forTopic(name)).matches("[A-Za-z0-9_-]+");
            Schema.createRecord(NameEscape.forAvro(name), null, "n", false, List.of());
        }
    }

    @Test
    void random_names_come_back() {
        Random random = new Random(4711);
        String alphabet = "_x0a9fgZ-. ü2";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder name = new StringBuilder();
            int length = 1 + random.nextInt(12);
            for (int j = 0; j < length; j++) {
                name.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(NameEscape.unescape(NameEscape.forAvro(name.toString()))).isEqualTo(name.toString());
            assertThat(NameEscape.unescape(NameEscape.forTopic(name.toString())))
                    .isEqualTo(name.toString());
        }
    }

    @Test
    void names_with_nothing_odd_stay_readable() {
        assertThat(new TopicNames("shop").data("public", "order_items")).isEqualTo("shop.public.order_items");
        assertThat(new TopicNames("shop").data("a.b", "c d")).isEqualTo("shop.a_x002eb.c_x0020d");
    }

    @Test
    void different_tables_never_share_a_topic() {
        TopicNames topics = new TopicNames("shop");

        assertThat(topics.data("a.b", "c")).isNotEqualTo(topics.data("a", "b.c"));
        assertThat(topics.data("a", "b_x002ec")).isNotEqualTo(topics.data("a", "b.c"));
    }

    @Test
    void illegal_replication_names_and_endless_table_names_are_refused() {
        assertThatThrownBy(() -> new TopicNames("a.b")).hasMessageContaining("'a.b'");
        assertThatThrownBy(() -> new TopicNames("shop").data("s", "ü".repeat(63)))
                .hasMessageContaining("249");
    }
}
