package io.twinlog.schemas.topic;

import java.util.function.IntPredicate;

/**
 * Makes any identifier legal where only some characters are, and back again.
 *
 * <p>A character that is not allowed becomes {@code _x} and its four hexadecimal UTF-16 digits in lower case. An
 * underscore that would start such a sequence by itself is escaped too ({@code _x005f}), which makes the mapping
 * reversible: {@code a_b} stays, {@code a-b} becomes {@code a_x002db}, {@code a_x002db} becomes {@code a_x005fx002db}.
 */
public final class NameEscape {

    private NameEscape() {}

    /** Escapes for Avro names: letters, digits and underscore, no digit first (Avro 1.12, "Names"). */
    public static String forAvro(String name) {
        StringBuilder out = new StringBuilder(name.length() + 8);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = isLetter(c) || c == '_' || (isDigit(c) && i > 0);
            append(out, name, i, allowed);
        }
        return out.toString();
    }

    /** Escapes for one segment of a topic name: letters, digits, underscore and hyphen; the dot separates segments. */
    public static String forTopic(String name) {
        return escape(name, c -> isLetter((char) c) || isDigit((char) c) || c == '_' || c == '-');
    }

    private static String escape(String name, IntPredicate allowed) {
        StringBuilder out = new StringBuilder(name.length() + 8);
        for (int i = 0; i < name.length(); i++) {
            append(out, name, i, allowed.test(name.charAt(i)));
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String name, int i, boolean allowed) {
        char c = name.charAt(i);
        if (allowed && !(c == '_' && startsSequence(name, i))) {
            out.append(c);
        } else {
            out.append("_x").append(String.format("%04x", (int) c));
        }
    }

    public static String unescape(String escaped) {
        StringBuilder out = new StringBuilder(escaped.length());
        int i = 0;
        while (i < escaped.length()) {
            if (escaped.charAt(i) == '_' && startsSequence(escaped, i)) {
                out.append((char) Integer.parseInt(escaped.substring(i + 2, i + 6), 16));
                i += 6;
            } else {
                out.append(escaped.charAt(i++));
            }
        }
        return out.toString();
    }

    private static boolean startsSequence(String text, int at) {
        if (at + 6 > text.length() || text.charAt(at + 1) != 'x') {
            return false;
        }
        for (int i = at + 2; i < at + 6; i++) {
            char c = text.charAt(i);
            if (!(isDigit(c) || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
