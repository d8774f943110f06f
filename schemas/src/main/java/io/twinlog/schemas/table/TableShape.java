package io.twinlog.schemas.table;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The shape of a table as a source described it at some position: one version of the table. Immutable.
 *
 * @param schema name of the schema (PostgreSQL) or database (MariaDB)
 * @param table name of the table
 * @param identity what before images hold
 * @param columns in the source's order
 * @param connector whose names of types the columns' {@code sqlType} are: {@link #POSTGRESQL}, {@link #MARIADB}, {@link #MYSQL}
 */
public record TableShape(
        String schema, String table, ReplicaIdentity identity, List<ColumnShape> columns, String connector) {

    public static final String POSTGRESQL = "postgresql";
    public static final String MARIADB = "mariadb";
    public static final String MYSQL = "mysql";

    public TableShape {
        columns = List.copyOf(columns);
    }

    /** A table of PostgreSQL. */
    public TableShape(String schema, String table, ReplicaIdentity identity, List<ColumnShape> columns) {
        this(schema, table, identity, columns, POSTGRESQL);
    }

    /** {@code schema.table}, for messages and maps. */
    public String qualifiedName() {
        return schema + "." + table;
    }

    public TableId id() {
        return new TableId(schema, table);
    }

    /** Indexes of the key columns, in column order. */
    public int[] keyIndexes() {
        return IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).key())
                .toArray();
    }

    /** Index of a column, or -1. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        return -1;
    }
}
