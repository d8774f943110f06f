package io.twinlog.capture.mariadb.binlog;

import io.twinlog.schemas.table.TableId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A statement that the server logged as text: data definitions, and the ends of transactions. Immutable.
 *
 * @param database the session's, or empty
 */
public record QueryEvent(String database, String sql) {

    /** What a statement means for capture. */
    public enum Meaning {
        BEGIN,
        /** The beginning of an XA transaction, which MySQL logs as text. */
        XA_BEGIN,
        COMMIT,
        ROLLBACK,
        SAVEPOINT,
        TRUNCATE,
        /** Changes definitions, maybe those of tables. */
        DEFINITION,
        /** Rows changed by a statement instead of row events. */
        ROWS_AS_STATEMENT,
        /** Nothing that concerns rows. */
        OTHER
    }

    private static final Pattern COMMENT =
            Pattern.compile("\\A(?:\\s+|/\\*(?![!M]).*?\\*/|--[ \\t][^\\n]*\\n|#[^\\n]*\\n)+", Pattern.DOTALL);
    /** What stands in such a comment is executed; what such a prefix sets holds for the statement behind it. */
    private static final Pattern PREFIX = Pattern.compile(
            "\\A(?:/\\*M?!\\d*\\s*|SET\\s+STATEMENT\\s.*?\\sFOR\\s+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final String NAME = "(`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\\w$\\x{80}-\\x{FFFF}]+)";
    private static final Pattern TRUNCATE = Pattern.compile(
            "TRUNCATE\\s+(?:TABLE\\s+)?" + NAME + "(?:\\s*\\.\\s*" + NAME + ")?(?:\\s+(?:WAIT\\s+\\d+|NOWAIT))?"
                    + "\\s*(?:/\\*.*\\*/\\s*)?;?\\s*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    public static QueryEvent read(LogEvent event) {
        LogBytes bytes = event.bytes();
        int ignoredThreadAndTime = bytes.skip(8);
        int databaseLength = bytes.readByte();
        int ignoredError = bytes.skip(2);
        int ignoredStatus = bytes.skip((int) bytes.readLittle(2));
        String database = bytes.readUtf8(databaseLength);
        int ignoredZero = bytes.skip(1);
        return new QueryEvent(database, bytes.readUtf8(bytes.remaining()));
    }

    public Meaning meaning() {
        String[] words = bare().split("[\\s(;]+", 3);
        String second = words.length > 1 ? words[1].toUpperCase(Locale.ROOT) : "";
        return switch (words[0].toUpperCase(Locale.ROOT)) {
            case "BEGIN" -> Meaning.BEGIN;
            case "XA" -> second.equals("START") || second.equals("BEGIN") ? Meaning.XA_BEGIN : Meaning.OTHER;
            case "COMMIT" -> Meaning.COMMIT;
            case "ROLLBACK" -> Meaning.ROLLBACK;
            case "SAVEPOINT", "RELEASE" -> Meaning.SAVEPOINT;
            case "START" -> second.equals("TRANSACTION") ? Meaning.BEGIN : Meaning.OTHER;
            case "TRUNCATE" -> Meaning.TRUNCATE;
            case "CREATE", "ALTER", "DROP", "RENAME" -> Meaning.DEFINITION;
            case "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "SELECT", "CALL", "DO" ->
                Meaning.ROWS_AS_STATEMENT;
            default -> Meaning.OTHER;
        };
    }

    private String bare() {
        String rest = sql;
        while (true) {
            Matcher comment = COMMENT.matcher(rest);
            String after = comment.find() ? rest.substring(comment.end()) : rest;
            Matcher prefix = PREFIX.matcher(after);
            if (!prefix.find()) {
                return after.strip();
            }
            rest = after.substring(prefix.end());
        }
    }

    /** The first words, for messages: no values. */
    public String head() {
        String[] words = bare().split("\\s+", 4);
        return String.join(" ", java.util.Arrays.copyOf(words, Math.min(3, words.length)));
    }

    /** Of a ROLLBACK: whether it undoes only what came after a savepoint. */
    public boolean isToSavepoint() {
        return sql.toUpperCase(Locale.ROOT).contains(" TO ");
    }

    /** Of a definition: whether it may change the rows of a table, by emptying, dropping or exchanging partitions. */
    public boolean changesPartitions() {
        String upper = sql.toUpperCase(Locale.ROOT);
        return upper.contains("PARTITION")
                && (upper.contains("TRUNCATE") || upper.contains("DROP") || upper.contains("EXCHANGE"));
    }

    /** The table that a TRUNCATE empties, or null if the statement is not understood. */
    public @Nullable TableId truncated() {
        Matcher matcher = TRUNCATE.matcher(bare());
        if (!matcher.matches()) {
            return null;
        }
        String first = name(matcher.group(1));
        String second = matcher.group(2);
        return second == null ? new TableId(database, first) : new TableId(first, name(second));
    }

    private static String name(String quoted) {
        char quote = quoted.charAt(0);
        if (quote != '`' && quote != '"') {
            return quoted;
        }
        String inner = quoted.substring(1, quoted.length() - 1);
        return inner.replace("" + quote + quote, String.valueOf(quote));
    }
}
