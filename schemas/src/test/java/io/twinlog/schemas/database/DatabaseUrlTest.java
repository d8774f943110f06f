package io.twinlog.schemas.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseUrlTest {

    @Test
    void addresses_of_postgresql_and_mariadb_are_taken() {
        for (String url : List.of(
                "jdbc:postgresql://localhost:5432/shop",
                "jdbc:postgresql://db/shop?sslmode=require&x=y",
                "jdbc:postgresql://a:1,[::1]:2,c/shop?targetServerType=primary",
                "jdbc:postgresql:///shop",
                "jdbc:postgresql:shop")) {
            assertThat(DatabaseUrl.parse(url).isMariadb()).as(url).isFalse();
        }
        for (String url : List.of(
                "jdbc:mariadb://h:3306/",
                "jdbc:mariadb://h",
                "jdbc:mariadb://[::1]:3306/shop?sslMode=trust",
                "jdbc:mysql://h/shop")) {
            assertThat(DatabaseUrl.parse(url).isMariadb()).as(url).isTrue();
        }
    }

    @Test
    void what_is_wrong_is_named_without_repeating_the_address() {
        refused("localhost:5432/shop", "must be a JDBC URL");
        refused("jdbc:oracle:thin:@h:1521/shop", "must be a JDBC URL");
        refused("mongodb+srv://h/shop", "names a mongodb+srv database");
        refused("jdbc:postgresql://hush:5432/", "must have the form jdbc:postgresql://HOST:PORT/DATABASE");
        refused("jdbc:postgresql://hush:x/shop", "must have the form jdbc:postgresql://HOST:PORT/DATABASE");
        refused("jdbc:postgresql://hush/shop/", "must have the form jdbc:postgresql://HOST:PORT/DATABASE");
        refused("jdbc:mariadb:hush", "must have the form jdbc:mariadb://HOST:PORT/DATABASE");
        refused("jdbc:mariadb://hush:x/shop", "must have the form jdbc:mariadb://HOST:PORT/DATABASE");
        refused("jdbc:mariadb://a,hush/shop", "with one server");
        refused("jdbc:mariadb://u:hush@h/shop", "must not hold user or password");
        refused("jdbc:mariadb://h/?a=b&dumpqueriesonexception=true", "must not set dumpqueriesonexception");
        refused(
                "jdbc:mariadb://h/?includeInnodbStatusInDeadlockExceptions=true",
                "must not set includeInnodbStatusInDeadlockExceptions");
        refused("jdbc:mariadb://h/shop?a=b&password=hush", "must not hold user or password");
    }

    private static void refused(String url, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse(url))
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush"));
    }
}
