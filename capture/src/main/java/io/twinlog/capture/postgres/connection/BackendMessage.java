package io.twinlog.capture.postgres.connection;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** ErrorResponse and NoticeResponse: fields of one letter and a text each. Stateless. */
final class BackendMessage {

    private BackendMessage() {}

    static SQLException error(byte[] body) {
        return new SQLException(text(body), fields(body).getOrDefault('C', "XX000"));
    }

    static String text(byte[] body) {
        Map<Character, String> fields = fields(body);
        StringBuilder text = new StringBuilder();
        text.append(fields.getOrDefault('S', "")).append(": ").append(fields.getOrDefault('M', ""));
        for (char optional : new char[] {'D', 'H'}) {
            String more = fields.get(optional);
            if (more != null) {
                text.append(" (").append(more).append(')');
            }
        }
        return text.toString();
    }

    private static Map<Character, String> fields(byte[] body) {
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
        return fields;
    }
}
