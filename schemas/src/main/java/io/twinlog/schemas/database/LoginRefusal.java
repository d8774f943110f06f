package io.twinlog.schemas.database;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the account of MariaDB or MySQL that logs in by a plugin of authentication that we do not have. Stateless. */
public final class LoginRefusal {

    /** What the driver says, and what the library says that reads the binlog. */
    private static final Pattern SAID = Pattern.compile(
            "(?:authentication protocol requested by server\\. plugin type was =|unsupported authentication method:) *'?([\\w-]+)");

    private LoginRefusal() {}

    /** The plugin that the server asks for; null if an attempt to connect failed by something else. */
    public static @Nullable String plugin(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher said = SAID.matcher(String.valueOf(cause.getMessage()));
            if (said.find()) {
                return said.group(1);
            }
        }
        return null;
    }

    /**
     * What to do.
     *
     * @param key of the account, such as {@code source.user}
     */
    public static String remedy(String key) {
        return "Let the account of " + key + " log in by caching_sha2_password (MySQL: ALTER USER ... IDENTIFIED WITH"
                + " caching_sha2_password BY '...') or by mysql_native_password (MariaDB: ALTER USER ... IDENTIFIED VIA"
                + " mysql_native_password USING PASSWORD('...')), or name another account";
    }
}
