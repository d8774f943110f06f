package io.twinlog.capture.mariadb.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import io.twinlog.schemas.check.Check;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which versions are taken: the table in docs/operations.md. */
class ServerRulesTest {

    @ParameterizedTest
    @CsvSource({
        "MariaDB, 10.5.23-MariaDB-0+deb11u1",
        "MariaDB, 10.6.22-MariaDB-log",
        "MariaDB, 11.4.5-MariaDB",
        "MariaDB, 12.0.2-MariaDB",
        "MySQL, 8.0.11",
        "MySQL, 8.0.43-0ubuntu0.24.04.1",
        "MySQL, 8.4.6",
        "MySQL, 9.7.4",
    })
    void taken(String product, String version) {
        assertThat(rules(product).version(product, version))
                .isEqualTo(Check.ok("source server", product + " " + version));
    }

    @ParameterizedTest
    @CsvSource({
        "MariaDB, 10.4.34-MariaDB, 10.5",
        "MariaDB, 5.5.68-MariaDB, 10.5",
        "MySQL, 5.7.44-log, 8.0",
        "MySQL, 5.6.51, 8.0",
    })
    void refused_with_the_reason_and_what_to_do(String product, String version, String oldest) {
        assertThat(rules(product).version(product, version))
                .isEqualTo(Check.problem(
                        "source server",
                        product + " " + version + " does not describe its tables in the binlog",
                        "Upgrade it to " + oldest + " or later"));
    }

    private static ServerRules rules(String product) {
        return product.equals("MySQL") ? new MysqlRules() : new MariadbRules();
    }
}
