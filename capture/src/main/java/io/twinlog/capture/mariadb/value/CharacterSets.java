package io.twinlog.capture.mariadb.value;

import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's character sets. What a byte of a single-byte set means is asked of the server itself, for its latin1 or macce is
 * not what a library of another vendor calls so. Sets of several bytes other than those of Unicode are not known. Thread-safe.
 */
public final class CharacterSets {

    static final String BINARY = "binary";
    private static final int UNDEFINED = -1;
    private static final int BYTE_VALUES = 256;

    private record Facts(String name, int maxBytes) {}

    private final Map<Integer, Facts> byCollation = new HashMap<>();
    private final Map<String, Integer> maxBytes = new HashMap<>();
    private final Map<String, TextForm> forms = new HashMap<>();

    /** How the text of a column becomes UTF-8. Immutable. */
    interface TextForm {
        void append(TextBuffer out, byte[] bytes, int from, int to);
    }

    /** Reads all sets and collations, and the tables of all single-byte sets. */
    public static CharacterSets load(Connection connection) throws SQLException {
        CharacterSets sets = new CharacterSets();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS")) {
                while (row.next()) {
                    sets.maxBytes.put(row.getString(1), row.getInt(2));
                }
            }
            boolean perSet = false;
            try (ResultSet row = statement.executeQuery(
                    "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema'"
                            + " AND TABLE_NAME = 'COLLATION_CHARACTER_SET_APPLICABILITY' AND COLUMN_NAME = 'ID'")) {
                // From 10.10 on a collation belongs to several sets, and only this view has the number of each pair.
                perSet = row.next();
            }
            String sql = "SELECT ID, CHARACTER_SET_NAME FROM information_schema."
                    + (perSet ? "COLLATION_CHARACTER_SET_APPLICABILITY" : "COLLATIONS");
            try (ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    String set = row.getString(2);
                    if (set != null) {
                        sets.byCollation.put(row.getInt(1), new Facts(set, sets.maxBytes(set)));
                    }
                }
            }
        }
        sets.readForms(connection);
        return sets;
    }

    private void readForms(Connection connection) throws SQLException {
        TextForm same = (out, bytes, from, to) -> out.add(bytes, from, to);
        forms.put("utf8mb4", same);
        forms.put("utf8mb3", same);
        forms.put("utf8", same);
        forms.put("ascii", same);
        forms.put("ucs2", unicode(StandardCharsets.UTF_16BE));
        forms.put("utf16", unicode(StandardCharsets.UTF_16BE));
        forms.put("utf16le", unicode(StandardCharsets.UTF_16LE));
        forms.put("utf32", unicode(Charset.forName("UTF-32BE")));
        for (Map.Entry<String, Integer> set : maxBytes.entrySet()) {
            String name = set.getKey();
            if (set.getValue() == 1 && !name.equals(BINARY) && !forms.containsKey(name)) {
                forms.put(name, singleByte(name, table(connection, name)));
            }
        }
    }

    private static TextForm unicode(Charset charset) {
        return (out, bytes, from, to) -> {
            byte[] utf8 = new String(bytes, from, to - from, charset).getBytes(StandardCharsets.UTF_8);
            out.add(utf8, 0, utf8.length);
        };
    }

    /** The code points of all bytes, by the server's own conversion. */
    private static int[] table(Connection connection, String set) throws SQLException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < BYTE_VALUES; i++) {
            all.append(String.format("%02x", i));
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT HEX(CONVERT(CONVERT(UNHEX('" + all + "') USING " + set + ") USING utf32))")) {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String hex = row.getString(1);
                int[] table = new int[BYTE_VALUES];
                Arrays.fill(table, UNDEFINED);
                if (hex != null && hex.length() == 8 * BYTE_VALUES) {
                    for (int i = 0; i < BYTE_VALUES; i++) {
                        int codePoint = Integer.parseUnsignedInt(hex.substring(8 * i, 8 * i + 8), 16);
                        table[i] = codePoint == '?' && i != '?' ? UNDEFINED : codePoint;
                    }
                }
                return table;
            }
        }
    }

    private static TextForm singleByte(String set, int[] table) {
        return (out, bytes, from, to) -> {
            for (int i = from; i < to; i++) {
                int codePoint = table[bytes[i] & 0xFF];
                if (codePoint == UNDEFINED) {
                    throw new TwinlogException(
                            Category.SCHEMA,
                            "A value holds the byte " + String.format("0x%02X", bytes[i] & 0xFF)
                                    + ", which has no meaning in the character set " + set
                                    + "; no text is equal to it. Correct the row, or declare the column as binary.");
                }
                out.codePoint(codePoint);
            }
        };
    }

    /** The set of a collation, or null for a number that the server does not know. */
    @Nullable
    String ofCollation(int collation) {
        Facts facts = byCollation.get(collation);
        return facts == null ? null : facts.name();
    }

    int maxBytes(String set) {
        return maxBytes.getOrDefault(set, 1);
    }

    /** Whether the text of columns with this set can be captured. */
    public boolean isKnown(String set) {
        return forms.containsKey(set);
    }

    TextForm form(String set, String column) {
        TextForm form = forms.get(set);
        if (form == null) {
            throw new TwinlogException(
                    Category.SCHEMA,
                    "Column " + column + " has the character set " + set
                            + ", which cannot be captured. Convert the table (ALTER TABLE ... CONVERT TO CHARACTER SET utf8mb4)"
                            + " or exclude it.");
        }
        return form;
    }
}
