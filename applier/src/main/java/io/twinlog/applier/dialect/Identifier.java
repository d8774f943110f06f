package io.twinlog.applier.dialect;

import io.twinlog.schemas.table.TableId;

/** SQL identifiers, always quoted, so that any name is legal. */
public final class Identifier {

    private Identifier() {}

    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String quote(TableId table) {
        return quote(table.schema()) + "." + quote(table.table());
    }

    /** In MariaDB's own form, for those who run what we print. */
    public static String backquote(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    public static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
