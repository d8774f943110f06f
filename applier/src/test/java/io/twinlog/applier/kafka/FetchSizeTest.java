package io.twinlog.applier.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchSizeTest {

    private static final long MIB = 1L << 20;

    /** What waits compressed takes an eighth of the heap at most, what waits as objects, some 500 bytes each, a fifth. */
    @ParameterizedTest
    @CsvSource({"1, 512", "4, 512", "100, 512", "900, 512", "60, 64", "4, 4096"})
    void parts_of_what_was_fetched_of_all_partitions_fit_into_the_heap(int partitions, long heapMib) {
        FetchSize size = FetchSize.of(partitions, heapMib * MIB);
        assertThat(size.whole()).isFalse();
        assertThat((long) partitions * size.partitionBytes()).isLessThanOrEqualTo(heapMib * MIB / 8);
        assertThat(partitions * 500L * size.records()).isLessThanOrEqualTo(heapMib * MIB / 5);
    }

    /** Objects take some seven times as much as what is compressed. */
    @ParameterizedTest
    @CsvSource({"1100, 512", "3000, 512", "4000, 512", "400, 128", "20000, 4096"})
    void all_that_was_fetched_of_all_partitions_fits_into_the_heap(int partitions, long heapMib) {
        FetchSize size = FetchSize.of(partitions, heapMib * MIB);
        assertThat(size.whole()).isTrue();
        assertThat(7L * partitions * size.partitionBytes()).isLessThanOrEqualTo(heapMib * MIB / 2);
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "3000, 3100", "50000, 100000"})
    void a_few_partitions_more_need_no_other_size(int few, int more) {
        assertThat(FetchSize.of(few, 512 * MIB).isFarAbove(FetchSize.of(more, 512 * MIB)))
                .isFalse();
        assertThat(FetchSize.of(1, 512 * MIB).isFarAbove(FetchSize.of(3000, 512 * MIB)))
                .isTrue();
    }
}
