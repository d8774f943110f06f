package io.twinlog.cli.config;

import io.twinlog.cli.config.Key.Presence;
import io.twinlog.schemas.database.DatabaseUrl;

/** The section {@code target}. Immutable. */
public record TargetConfiguration(
        @Key(
                name = "url",
                text = "`jdbc:postgresql://HOST:PORT/DATABASE`, with any parameter of the PostgreSQL JDBC driver, or"
                        + " `jdbc:mariadb://HOST:PORT/DATABASE`, with those of MariaDB's (`jdbc:mysql:` is taken for the"
                        + " same).",
                presence = Presence.REQUIRED)
        DatabaseUrl url,

        @Key(
                name = "user",
                text = "Role that writes; docs/security.md lists its privileges.",
                presence = Presence.REQUIRED)
        String user,

        @Key(name = "password", text = "Its password; none if the server asks for none.", defaultValue = "")
        Secret password) {}
