package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.target.ShownText;
import io.twinlog.schemas.table.ColumnShape;

/** SQL that shows columns as {@link ShownText}: long values never leave the server. Stateless. */
final class ShortText {

    private ShortText() {}

    static String sql(ColumnShape source, MariadbColumn column) {
        String text = Value.shown(source, column);
        return switch (column.type().family()) {
            case CHAR, TEXT, BYTES, GEOMETRY, JSON ->
                "IF(OCTET_LENGTH(" + text + ") <= " + ShownText.LONGEST_BYTES + ", " + text
                        + ", CONCAT('sha256 ', SHA2(" + text + ", 256), ', ', OCTET_LENGTH(" + text + "), ' bytes'))";
            case INTEGER, YEAR, DECIMAL, FLOAT, DOUBLE, DATE, DATETIME, TIMESTAMP, TIME, BIT, PLAIN, UNKNOWN -> text;
        };
    }
}
