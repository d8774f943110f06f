package io.twinlog.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.capture.bed.CaptureRun;
import io.twinlog.capture.bed.MariadbBed;
import io.twinlog.capture.bed.Servers;
import io.twinlog.capture.bed.Xlog;
import io.twinlog.schemas.event.Operation;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Addresses of the Internet, a type of MariaDB alone. */
class MariadbAddressesIT {

    @Test
    void addresses_print_as_the_server_prints_them() {
        MariadbBed source = MariadbBed.create(Servers.mariadb());
        source.sql("CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, a inet6, t varchar(50) AS (a) STORED)");
        try (CaptureRun capture = CaptureRun.start(source.config(SnapshotMode.NONE))) {
            capture.awaitStreaming();
            Random random = new Random(7);
            StringBuilder values = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                StringBuilder hex = new StringBuilder();
                for (int word = 0; word < 8; word++) {
                    hex.append(
                            switch (random.nextInt(5)) {
                                case 0, 1, 2 -> "0000";
                                case 3 -> "ffff";
                                default -> String.format("%04x", random.nextInt(0x10000));
                            });
                }
                values.append(i == 0 ? "" : ",")
                        .append("(CAST(UNHEX('")
                        .append(hex)
                        .append("') AS inet6))");
            }
            source.sql("INSERT INTO a (a) VALUES " + values);
            Xlog xlog = source.awaitAll();
            assertThat(xlog.events(Operation.INSERT)).hasSize(500).allSatisfy(event -> {
                Map<String, @Nullable String> row = Xlog.row(Objects.requireNonNull(event.after()));
                assertThat(row.get("a")).isEqualTo(row.get("t"));
            });
        }
    }
}
