package io.twinlog.applier.target.postgres;

import io.twinlog.applier.target.ShownText;
import io.twinlog.applier.target.TableBinding;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.XlogType;

/** SQL about single columns of a target table {@code t}. Stateless. */
final class ColumnSql {

    private ColumnSql() {}

    /** How a column's values are sent where no value of the statement travels as exact text. */
    static Parameter natural(TableBinding<PostgresColumn> binding, int index) {
        XlogType type = binding.shape().columns().get(index).type();
        // A cast of an integer makes true of whatever is not 0; as text just 0 and 1 are taken.
        return type != XlogType.BOOLEAN && binding.written(index).baseOid() == PgType.BOOL
                ? Parameter.TEXT
                : Parameter.of(type);
    }

    /** SQL that turns a sent value into the column's type without its modifiers: the assignment then checks them. */
    static String cast(TableBinding<PostgresColumn> binding, int index, String value, Parameter sentAs) {
        PostgresColumn column = binding.written(index);
        int oid = column.baseOid();
        if (sentAs.oid() == oid || (sentAs == Parameter.TEXT && (oid == PgType.TEXT || oid == PgType.VARCHAR))) {
            return value;
        }
        return value + "::" + column.castName();
    }

    /** SQL that compares the target's present value with a sent one. */
    static String same(TableBinding<PostgresColumn> binding, int index, String value, Parameter sentAs) {
        PostgresColumn column = binding.written(index);
        String present = "t." + column.quoted();
        XlogType type = binding.shape().columns().get(index).type();
        // A numeric without a scale travels as text; 1.0 and 1.00 are the same number.
        if (type != XlogType.TEXT || column.baseOid() == PgType.NUMERIC) {
            return present + " IS NOT DISTINCT FROM " + cast(binding, index, value, sentAs);
        }
        // Exact text: json, xml, point and many more have no equality, and that of others is not identity. The
        // collation makes texts compare byte by byte, also where the column's own one is nondeterministic.
        if (column.baseOid() == PgType.BPCHAR) {
            return present + " COLLATE \"C\" IS NOT DISTINCT FROM " + value + "::pg_catalog.bpchar";
        }
        // Both sides go the same way: a cast to text may print more than the type's output does (inet and its mask).
        String expected = cast(binding, index, value, sentAs);
        return present + "::text COLLATE \"C\" IS NOT DISTINCT FROM "
                + (expected.equals(value) ? value : "(" + expected + ")::text");
    }

    /** SQL that shows a column as {@link ShownText}: long values never leave the server. */
    static String shown(ColumnShape shape, PostgresColumn column) {
        String text = "t." + column.quoted() + "::text";
        return switch (shape.type()) {
            case BOOLEAN, INT, LONG, FLOAT, DOUBLE, DECIMAL, DATE, TIME, TIMESTAMP, LOCAL_TIMESTAMP, UUID -> text;
            case TEXT, BYTES -> {
                String bytes = "pg_catalog.convert_to(" + text + ", 'UTF8')";
                yield "CASE WHEN pg_catalog.octet_length(" + text + ") <= " + ShownText.LONGEST_BYTES + " THEN " + text
                        + " ELSE 'sha256 ' || pg_catalog.encode(pg_catalog.sha256(" + bytes + "), 'hex') || ', ' ||"
                        + " pg_catalog.octet_length(" + bytes + ") || ' bytes' END";
            }
        };
    }
}
