package io.twinlog.schemas.table;

/**
 * One column of a table version.
 *
 * @param name the name in the database, unescaped
 * @param type how values travel
 * @param sqlType the source's name of the type with its modifiers, such as {@code numeric(12,2)}
 * @param precision decimal digits, for {@link XlogType#DECIMAL}; else 0
 * @param scale digits after the point, for {@link XlogType#DECIMAL}; else 0
 * @param key whether the column belongs to the key
 */
public record ColumnShape(String name, XlogType type, String sqlType, int precision, int scale, boolean key) {

    /** The {@code sqlType} of a column of which only is known that its values are the exact text of some type. */
    public static final String UNKNOWN_TYPE = "unknown";

    public ColumnShape(String name, XlogType type, String sqlType, boolean key) {
        this(name, type, sqlType, 0, 0, key);
    }
}
