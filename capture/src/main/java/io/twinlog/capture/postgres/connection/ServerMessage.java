package io.twinlog.capture.postgres.connection;

import io.twinlog.schemas.database.ServerWords;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a server says in an ErrorResponse or NoticeResponse, without row values. Where the server stood when it failed (its context
 * line) is left out too: it quotes statements and lines.
 */
public record ServerMessage(
        @Nullable String severity,
        String sqlState,
        @Nullable String message,
        @Nullable String detail,
        @Nullable String hint) {

    private static final String UNKNOWN = "XX000";

    /** Reads fields of one letter and a text each. */
    static ServerMessage read(byte[] body) {
        Map<Character, String> fields = new HashMap<>();
        int at = 0;
        while (at < body.length && body[at] != 0) {
            char name = (char) body[at++];
            int end = at;
            while (end < body.length && body[end] != 0) {
                end++;
            }
            fields.put(name, new String(body, at, end - at, StandardCharsets.UTF_8));
            at = end + 1;
        }
        return new ServerMessage(
                fields.get('S'), fields.getOrDefault('C', UNKNOWN), fields.get('M'), fields.get('D'), fields.get('H'));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(severity == null ? "" : severity).append(": ");
        text.append(ServerWords.quoteValues(sqlState) ? ServerWords.WITHHELD : message == null ? "" : message);
        if (ServerWords.detailIsInstructive(sqlState)) {
            for (String more : new String[] {detail, hint}) {
                if (more != null) {
                    text.append(" (").append(more).append(')');
                }
            }
        }
        return text.toString();
    }

    SQLException exception() {
        return new SQLException(text(), sqlState);
    }

    /** The same failure with words that may be logged; loggers print the messages of causes too. */
    public static SQLException withoutValues(SQLException failure) {
        ServerErrorMessage said = failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        if (said == null) {
            return failure;
        }
        String state = said.getSQLState() == null ? UNKNOWN : said.getSQLState();
        SQLException shown = new ServerMessage(
                        said.getSeverity(), state, said.getMessage(), said.getDetail(), said.getHint())
                .exception();
        shown.setStackTrace(failure.getStackTrace());
        return shown;
    }
}
