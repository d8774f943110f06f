package io.twinlog.applier.replay;

import io.twinlog.applier.Servers;
import io.twinlog.applier.TargetVendor;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link ReplayPropertyIT} demands, of a MariaDB target, with fewer seeds. */
class MariadbReplayPropertyIT extends ReplayPropertyIT {

    @Override
    protected TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    static LongStream settled() {
        return LongStream.rangeClosed(1, Servers.LONG ? 40 : 1);
    }

    @Override
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("settled")
    void all_settled_by_overwrite_ends_equal(long seed) {
        super.all_settled_by_overwrite_ends_equal(seed);
    }

    static LongStream discarded() {
        return LongStream.rangeClosed(5, Servers.LONG ? 24 : 5);
    }

    @Override
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("discarded")
    void all_discarded_leaves_exactly_the_keys_with_conflicts_different(long seed) {
        super.all_discarded_leaves_exactly_the_keys_with_conflicts_different(seed);
    }
}
