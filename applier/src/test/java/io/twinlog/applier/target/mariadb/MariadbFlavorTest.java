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

    @ParameterizedTest
    @CsvSource({
        "8.0.16, 8.0.17, true",
        "8.0.17, 8.0.17, false",
        "8.0.43-0ubuntu0.24.04.1, 8.0.17, false",
        "8.4.6, 8.0.17, false",
        "9.7.4, 8.0.17, false",
        "10.4.34-MariaDB, 10.5, true",
        "10.5.23-MariaDB-0+deb11u1, 10.5, false",
        "11.4.5-MariaDB, 10.5, false",
    })
    void versions_are_compared_part_by_part(String version, String oldest, boolean older) {
        assertThat(MariadbSessions.release(version) < MariadbSessions.release(oldest))
                .isEqualTo(older);
    }
}
