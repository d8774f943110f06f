package io.twinlog.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.twinlog.sandbox.SelfSigned;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import io.twinlog.schemas.status.MemberStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A target that is not the server whose certificate is believed, or encrypts nothing: no outage to wait for. */
class MariadbStrangerIT {

    private static final String REMEDY = "Correct what target.url says of TLS";

    @TempDir
    Path directory;

    /** The database on which the tests run. */
    TargetVendor vendor() {
        return TargetVendor.MARIADB;
    }

    @Test
    void a_server_that_is_not_believed_stops_the_start() {
        String url = "jdbc:mariadb://127.0.0.1:" + vendor().port() + "/?sslMode=verify-full&serverSslCert="
                + SelfSigned.create(directory, "another").certificate();
        ApplierConfig config = new ApplierConfig(
                "stranger",
                Map.of("bootstrap.servers", Servers.kafka().bootstrapServers()),
                url,
                vendor().user(),
                "",
                100,
                Duration.ofMillis(5),
                ExistingRows.FAIL_IF_NOT_EMPTY);
        try (Applier applier = new Applier(config, new Nobody())) {
            assertThat(applier.check()).anySatisfy(check -> {
                assertThat(check.level()).isEqualTo(Check.Level.PROBLEM);
                assertThat(check.remedy()).contains(REMEDY);
            });
            assertThatThrownBy(applier::run)
                    .isInstanceOfSatisfying(
                            TwinlogException.class,
                            failure -> assertThat(failure.category()).isEqualTo(Category.CONFIG))
                    .hasMessageContaining(REMEDY);
        }
    }

    private static final class Nobody implements ApplierListener {
        @Override
        public void state(MemberStatus status) {}

        @Override
        public void message(String line) {}
    }
}
