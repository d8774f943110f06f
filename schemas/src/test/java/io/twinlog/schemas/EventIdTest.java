package io.twinlog.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EventIdTest {

    @Test
    void epoch_orders_before_seq_and_seq_before_ordinal() {
        List<EventId> inOrder =
                List.of(new EventId(1, 1, 2), new EventId(1, 2, 1), new EventId(1, 2, 10), new EventId(2, 1, 1));

        assertThat(inOrder.stream().sorted()).containsExactlyElementsOf(inOrder);
    }

    @Test
    void reads_what_it_prints_and_names_what_it_cannot_read() {
        EventId id = new EventId(3, 4711, 5);

        assertThat(EventId.parse(id.toString())).isEqualTo(id);
        assertThatThrownBy(() -> EventId.parse("3-x-5"))
                .hasMessageContaining("epoch-seq-ordinal")
                .hasMessageContaining("3-x-5");
        assertThatThrownBy(() -> EventId.parse("3-5")).hasMessageContaining("3-5");
    }
}
