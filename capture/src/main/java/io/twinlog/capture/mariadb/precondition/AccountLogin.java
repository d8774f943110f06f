package io.twinlog.capture.mariadb.precondition;

import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.database.LoginRefusal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * By what the account of the present connection logs in: the driver knows more plugins of authentication than the library that reads the
 * binlog, so that all else works until the stream begins. Stateless.
 */
final class AccountLogin {

    /** What the driver knows, or may, and the library does not. */
    private static final Set<String> UNKNOWN_TO_LIBRARY = Set.of(
            "ed25519",
            "parsec",
            "gssapi",
            "sha256_password",
            "authentication_kerberos",
            "authentication_ldap_sasl",
            "authentication_fido",
            "authentication_webauthn");

    private static final Pattern FIRST = Pattern.compile("(?i) IDENTIFIED (?:VIA|WITH) ['`\"]?([\\w-]+)");

    private AccountLogin() {}

    /** A problem, or null. */
    static @Nullable Check problem(Connection connection) throws SQLException {
        String plugin = pluginOf(created(connection));
        return plugin == null || !UNKNOWN_TO_LIBRARY.contains(plugin)
                ? null
                : Check.problem(
                        "source login",
                        "The account logs in by " + plugin + ", by which the binlog cannot be asked for",
                        LoginRefusal.remedy("source.user"));
    }

    /** The statement that would create the account; it holds a hash of the password. Each account may see its own. */
    private static String created(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW CREATE USER CURRENT_USER()")) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    /**
     * The plugin that the server asks for first; null where that is its own default.
     *
     * @param created the statement that would create the account
     */
    static @Nullable String pluginOf(String created) {
        Matcher first = FIRST.matcher(created);
        return first.find() ? first.group(1).toLowerCase(Locale.ROOT) : null;
    }
}
