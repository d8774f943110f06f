package io.twinlog.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.conflict.ConflictPolicy;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@link PolicyIT} demands, of a MariaDB target. */
class MariadbPolicyIT extends PolicyIT {

    @Override
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    /** It keeps neither: a policy that asks for it stops the start. */
    @Test
    @Override
    void by_commit_time_and_by_origin_the_writer_of_the_row_counts() {
        table(PLAIN, rule(ConflictPolicy.NEWEST, null, List.of(), List.of()));
        twin.start();
        TwinlogException refused = twin.awaitFailure();
        assertThat(refused.category()).isEqualTo(Category.CONFIG);
        assertThat(refused.getMessage()).contains("which neither MariaDB nor MySQL keeps: name a column");
    }
}
