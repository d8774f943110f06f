package io.twinlog.cli.config;

/**
 * Tables by name, {@code schema.table}, where {@code *} and {@code %} stand for any text; a leading {@code !} leaves them
 * out. Immutable.
 *
 * @param text as written in the file
 */
public record TablePattern(String text) {

    /** Reads a pattern; the message of the {@link IllegalArgumentException} says what its form is. */
    public static TablePattern parse(String text) {
        String name = text.startsWith("!") ? text.substring(1) : text;
        int dot = name.indexOf('.');
        if (dot <= 0 || dot == name.length() - 1) {
            throw new IllegalArgumentException("must have the form schema.table, where * and % stand for any text"
                    + " and a leading ! leaves tables out");
        }
        return new TablePattern(text);
    }

    /** Whether it leaves tables out. */
    public boolean excludes() {
        return text.startsWith("!");
    }

    @Override
    public String toString() {
        return text;
    }
}
