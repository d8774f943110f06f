package io.twinlog.capture.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 1: in whatever order acknowledgements come, only a prefix that is completely acknowledged counts. */
class AckLedgerPropertyTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void stored_is_the_acknowledged_prefix(long seed) {
        Random random = new Random(seed);
        AckLedger ledger = new AckLedger(0, 100);
        List<Integer> waiting = new ArrayList<>();
        List<Callback> callbacks = new ArrayList<>();
        int[] left = new int[201];
        long[] carried = new long[201];
        int sent = 0;
        while (sent < 200 || !waiting.isEmpty()) {
            if (sent < 200 && (waiting.isEmpty() || random.nextBoolean())) {
                sent++;
                AckLedger.Group group = ledger.open();
                int sends = 1 + random.nextInt(5);
                left[sent] = sends;
                for (int i = 0; i < sends; i++) {
                    waiting.add(sent);
                    callbacks.add(group.sending());
                }
                carried[sent] = ledger.storedPosition();
                group.close(sent, 100 + sent * 10L, carried[sent]);
            } else {
                int pick = random.nextInt(waiting.size());
                left[waiting.remove(pick)]--;
                callbacks.remove(pick).onCompletion(null, null);
            }
            ledger.advance();
            int prefix = 0;
            while (prefix < sent && left[prefix + 1] == 0) {
                prefix++;
            }
            assertThat(ledger.storedSeq()).isEqualTo(prefix);
            assertThat(ledger.storedPosition()).isEqualTo(100 + prefix * 10L);
            assertThat(ledger.confirmable()).isEqualTo(prefix == 0 ? 100 : Math.max(100, carried[prefix]));
            assertThat(ledger.confirmable()).isLessThanOrEqualTo(ledger.storedPosition());
        }
        assertThat(ledger.isEmpty()).isTrue();
        assertThat(ledger.acked()).isEqualTo(ledger.sent());
    }

    @Test
    void an_open_group_and_a_failed_send_hold_the_prefix_for_ever() {
        AckLedger ledger = new AckLedger(4, 40);
        AckLedger.Group open = ledger.open();
        open.sending().onCompletion(null, null);
        AckLedger.Group later = ledger.open();
        later.sending().onCompletion(null, null);
        later.close(6, 60, 40);
        ledger.advance();
        assertThat(ledger.storedSeq()).isEqualTo(4);
        Exception failure = new IllegalStateException("no leader");
        open.sending().onCompletion(null, failure);
        open.close(5, 50, 40);
        ledger.advance();
        assertThat(ledger.storedSeq()).isEqualTo(4);
        assertThat(ledger.failure()).isSameAs(failure);
    }
}
