package io.twinlog.schemas.database;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a database, without user and password: the one place that says which kinds of databases there are, for the daemon's
 * file and for the settings of the plugins. Immutable; its text form hides what is secret in it.
 *
 * @param jdbc the address as drivers take it
 */
public record DatabaseUrl(String jdbc) {

    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final String MARIADB = "jdbc:mariadb:";
    private static final String MYSQL = "jdbc:mysql:";
    private static final String HOST = "(?:\\[[^]]+]|[^/?,:\\[]+)(?::\\d+)?";
    private static final Pattern POSTGRESQL_FORM =
            Pattern.compile(POSTGRESQL + "(?://(?:" + HOST + "(?:," + HOST + ")*)?/)?[^/?]+(?:\\?.*)?");
    private static final Pattern MARIADB_FORM = Pattern.compile("jdbc:\\w+://" + HOST + "(?:/[^/?]*)?(?:\\?.*)?");
    private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)((?:ssl)?password=)[^&]*");
    private static final Pattern USER_INFO = Pattern.compile("//[^/?]*@");
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)[?&](user|password)=");

    /** Parameters of MariaDB's driver that put statements with their values, or pages of the server's with rows, into messages. */
    private static final Pattern TALKATIVE = Pattern.compile(
            "(?i)[?&](dumpQueriesOnException|includeInnodbStatusInDeadlockExceptions|includeThreadDumpInDeadlockExceptions)=");

    /** Reads an address; the message of the {@link IllegalArgumentException} says what is wrong without repeating it. */
    public static DatabaseUrl parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String later : new String[] {"mongodb:", "mongodb+srv:"}) {
            if (lower.startsWith(later)) {
                throw new IllegalArgumentException("names a " + later.replace(":", "")
                        + " database; this version knows PostgreSQL, MariaDB and MySQL only");
            }
        }
        boolean mariadb = isMariadb(text);
        if (!text.startsWith(POSTGRESQL) && !mariadb) {
            throw new IllegalArgumentException(
                    "must be a JDBC URL: jdbc:postgresql://HOST:PORT/DATABASE or jdbc:mariadb://HOST:PORT/");
        }
        if (USER_INFO.matcher(text).find() || CREDENTIALS.matcher(text).find()) {
            throw new IllegalArgumentException(
                    "must not hold user or password; put them into the keys user and password beside it");
        }
        Matcher talkative = TALKATIVE.matcher(text);
        if (mariadb && talkative.find()) {
            throw new IllegalArgumentException(
                    "must not set " + talkative.group(1) + ": messages, and so logs, would hold rows");
        }
        if (mariadb && !MARIADB_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("must have the form jdbc:mariadb://HOST:PORT/DATABASE, with one server");
        }
        if (!mariadb && !POSTGRESQL_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("must have the form jdbc:postgresql://HOST:PORT/DATABASE");
        }
        return new DatabaseUrl(text);
    }

    /** Whether it leads to a MariaDB; {@code jdbc:mysql:} is taken for the same. */
    public boolean isMariadb() {
        return isMariadb(jdbc);
    }

    private static boolean isMariadb(String text) {
        return text.startsWith(MARIADB) || text.startsWith(MYSQL);
    }

    @Override
    public String toString() {
        return SECRET_PARAMETER.matcher(jdbc).replaceAll("$1***");
    }
}
