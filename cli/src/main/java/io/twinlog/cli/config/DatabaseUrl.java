package io.twinlog.cli.config;

import java.util.Locale;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * The address of a database, without user and password. Immutable; its text form hides what is secret in it.
 *
 * @param jdbc the address as drivers take it
 */
public record DatabaseUrl(String jdbc) {

    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)((?:ssl)?password=)[^&]*");
    private static final Pattern USER_INFO = Pattern.compile("//[^/?]*@");
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)[?&](user|password)=");

    /** Reads an address; the message of the {@link IllegalArgumentException} says what is wrong without repeating it. */
    public static DatabaseUrl parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String later : new String[] {"jdbc:mariadb:", "jdbc:mysql:", "mongodb:", "mongodb+srv:"}) {
            if (lower.startsWith(later)) {
                throw new IllegalArgumentException(
                        "names a " + later.replaceFirst("^jdbc:", "").replace(":", "")
                                + " database; this version replicates between PostgreSQL databases only");
            }
        }
        if (!text.startsWith(POSTGRESQL)) {
            throw new IllegalArgumentException(
                    "must be a JDBC URL of PostgreSQL: jdbc:postgresql://HOST:PORT/DATABASE");
        }
        if (USER_INFO.matcher(text).find() || CREDENTIALS.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "must not hold user or password; put them into the keys user and password beside it");
        }
        Properties parts = Driver.parseURL(text, null);
        if (parts == null || parts.getProperty("PGDBNAME", "").isEmpty()) {
            throw new IllegalArgumentException("must have the form jdbc:postgresql://HOST:PORT/DATABASE");
        }
        return new DatabaseUrl(text);
    }

    @Override
    public String toString() {
        return SECRET_PARAMETER.matcher(jdbc).replaceAll("$1***");
    }
}
