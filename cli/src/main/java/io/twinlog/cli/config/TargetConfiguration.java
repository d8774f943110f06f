package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import java.util.function.BiConsumer;

/** The section {@code target}. Immutable. */
public record TargetConfiguration(
        @Key(
                name = "url",
                text = "`jdbc:postgresql://HOST:PORT/DATABASE`, with any parameter of the PostgreSQL JDBC driver.",
                presence = Presence.REQUIRED)
        DatabaseUrl url,

        @Key(
                name = "user",
                text = "Role that writes; docs/security.md lists its privileges.",
                presence = Presence.REQUIRED)
        String user,

        @Key(name = "password", text = "Its password; none if the server asks for none.", defaultValue = "")
        Secret password)
        implements Validated {

    @Override
    public void validate(BiConsumer<String, String> problems) {
        if (url.isMariadb()) {
            problems.accept("url", "names a MariaDB, which this version reads as a source and does not write to");
        }
    }
}
