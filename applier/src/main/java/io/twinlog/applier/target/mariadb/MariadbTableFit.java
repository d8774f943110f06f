package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a table of the target has a place for every value of a table version. Stateless. */
final class MariadbTableFit {

    private MariadbTableFit() {}

    /** The statements that make the target fit, with names in backquotes; empty if it does. */
    static List<String> remedies(ServerFlavor flavor, TableShape shape, @Nullable TargetTable<MariadbColumn> table) {
        if (table == null) {
            return List.of(createTable(flavor, shape));
        }
        String alter = "ALTER TABLE " + quote(shape.schema()) + "." + quote(shape.table());
        List<String> statements = new ArrayList<>();
        if (!table.copyable()) {
            statements.add(alter + " ENGINE = InnoDB; -- it must be a table whose engine knows transactions");
        }
        for (ColumnShape column : shape.columns()) {
            MariadbColumn target = table.column(column.name());
            String type = type(flavor, shape, column);
            if (target == null) {
                statements.add(alter + " ADD COLUMN " + quote(column.name()) + " " + type + ";");
            } else if (target.generated()
                    ? column.key()
                    : !MariadbTypeFit.fits(shape, column, target, isUnique(table, column))) {
                statements.add(alter + " MODIFY COLUMN " + quote(column.name()) + " " + type + ";");
            }
        }
        if (shape.keyIndexes().length == 0) {
            statements.add("-- the source table has no key: ALTER TABLE ... ADD PRIMARY KEY at the source");
        }
        return statements;
    }

    /** Part of an index that a long type cannot be in. */
    private static boolean isUnique(TargetTable<MariadbColumn> table, ColumnShape column) {
        return table.uniques().stream().anyMatch(unique -> unique.columns().contains(column.name()));
    }

    private static String type(ServerFlavor flavor, TableShape shape, ColumnShape column) {
        String wanted = MariadbTypeFit.wanted(flavor, shape, column);
        return wanted == null
                ? "... /* no type of " + flavor.product() + " holds every " + column.sqlType() + " */"
                : wanted;
    }

    private static String createTable(ServerFlavor flavor, TableShape shape) {
        String columns = shape.columns().stream()
                .map(column -> quote(column.name()) + " " + type(flavor, shape, column))
                .collect(Collectors.joining(", "));
        String key = shape.columns().stream()
                .filter(ColumnShape::key)
                .map(column -> quote(column.name()))
                .collect(Collectors.joining(", "));
        return "CREATE DATABASE IF NOT EXISTS " + quote(shape.schema()) + "; CREATE TABLE " + quote(shape.schema())
                + "."
                + quote(shape.table()) + " (" + columns + (key.isEmpty() ? "" : ", PRIMARY KEY (" + key + ")")
                + ") ENGINE = InnoDB;";
    }

    // What is printed is run by somebody whose session knows no double quotes.
    private static String quote(String name) {
        return Identifier.backquote(name);
    }
}
