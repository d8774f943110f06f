package io.twinlog.applier.target.postgres;

import io.twinlog.schemas.table.TableId;

/** SQL identifiers, always quoted, so that any name is legal. */
final class Identifier {

    private Identifier() {}

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String quote(TableId table) {
        return quote(table.schema()) + "." + quote(table.table());
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
