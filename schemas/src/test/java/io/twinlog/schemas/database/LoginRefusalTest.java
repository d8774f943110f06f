package io.twinlog.schemas.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class LoginRefusalTest {

    @Test
    void names_the_plugin_that_driver_or_library_lack() {
        assertThat(LoginRefusal.plugin(new SQLException(
                        "Client does not support authentication protocol requested by server. plugin type was = 'sha256_password'",
                        "08004",
                        1251)))
                .isEqualTo("sha256_password");
        assertThat(LoginRefusal.plugin(new SQLException(
                        "login", "28000", new IOException("unsupported authentication method: client_ed25519"))))
                .isEqualTo("client_ed25519");
    }

    @Test
    void another_refusal_is_none() {
        assertThat(LoginRefusal.plugin(
                        new SQLException("Access denied for user 'a'@'b' (using password: YES)", "28000", 1045)))
                .isNull();
    }
}
