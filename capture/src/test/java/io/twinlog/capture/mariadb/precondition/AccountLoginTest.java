package io.twinlog.capture.mariadb.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountLoginTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "-",
            value = {
                "CREATE USER `t`@`%` IDENTIFIED VIA ed25519 USING 'ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY'; ed25519",
                "CREATE USER `t`@`%` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'; -",
                "CREATE USER `t`@`%` IDENTIFIED VIA mysql_native_password USING '*24' OR ed25519 USING 'Z'; mysql_native_password",
                "CREATE USER `t`@`%`; -",
                "CREATE USER `t`@`%` IDENTIFIED WITH 'sha256_password' AS '$5$x' REQUIRE NONE PASSWORD EXPIRE DEFAULT; sha256_password",
                "CREATE USER 't'@'%' IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$y' REQUIRE NONE; caching_sha2_password",
            })
    void the_plugin_that_the_server_asks_for_first(String created, String plugin) {
        assertThat(AccountLogin.pluginOf(created)).isEqualTo(plugin);
    }
}
