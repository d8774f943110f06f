package io.twinlog.applier.target.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What versions that are not started here have and have not. */
class MariadbFlavorTest {

    @ParameterizedTest
    @CsvSource({
        "10.5.23-MariaDB-0+deb11u1, char(36) CHARACTER SET ascii",
        "10.6.22-MariaDB-log, char(36) CHARACTER SET ascii",
        "10.7.1-MariaDB, uuid",
        "10.11.14-MariaDB, uuid",
        "11.4.5-MariaDB, uuid",
    })
    void uuid_is_a_type_from_10_7_on(String version, String type) {
        assertThat(new MariadbFlavor(version).uuid()).isEqualTo(type);
    }
}
