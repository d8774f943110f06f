package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a table of the target has a place for every value of a table version. Stateless. */
final class TableFit {

    private TableFit() {}

    /** The statements that make the target fit; empty if it does. */
    static List<String> remedies(TableShape shape, @Nullable TargetTable<PostgresColumn> table) {
        if (table == null) {
            return List.of(createTable(shape));
        }
        List<String> statements = new ArrayList<>();
        for (ColumnShape column : shape.columns()) {
            PostgresColumn target = table.column(column.name());
            if (target == null) {
                statements.add("ALTER TABLE " + table.quoted() + " ADD COLUMN " + Identifier.quote(column.name()) + " "
                        + MariadbFit.typeFor(shape, column) + ";");
            } else if (target.generated()) {
                if (column.key()) {
                    statements.add("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + Identifier.quote(column.name())
                            + " DROP EXPRESSION;");
                }
            } else if (!MariadbFit.fits(shape, column, target)) {
                statements.add("ALTER TABLE " + table.quoted() + " ALTER COLUMN " + Identifier.quote(column.name())
                        + " TYPE " + MariadbFit.typeFor(shape, column) + ";");
            }
        }
        if (shape.keyIndexes().length == 0) {
            statements.add("-- the source table has no key: ALTER TABLE ... ADD PRIMARY KEY at the source");
        }
        return statements;
    }

    private static String createTable(TableShape shape) {
        String columns = shape.columns().stream()
                .map(column -> Identifier.quote(column.name()) + " " + MariadbFit.typeFor(shape, column))
                .collect(Collectors.joining(", "));
        String key = shape.columns().stream()
                .filter(ColumnShape::key)
                .map(column -> Identifier.quote(column.name()))
                .collect(Collectors.joining(", "));
        // PostgreSQL asks for the right to create a schema even where it exists; every database has this one.
        String schema = shape.schema().equals("public")
                ? ""
                : "CREATE SCHEMA IF NOT EXISTS " + Identifier.quote(shape.schema()) + "; ";
        return schema + "CREATE TABLE " + Identifier.quote(shape.id()) + " (" + columns
                + (key.isEmpty() ? "" : ", PRIMARY KEY (" + key + ")") + ");";
    }
}
