package io.twinlog.capture.postgres.pgoutput;

import java.util.List;

/**
 * What a Relation message says about a table at its place in the log: the only source of row shapes.
 *
 * @param oid the table's oid at the source
 * @param identity replica identity: d (default), n (nothing), f (full), i (index)
 * @param columns the columns of its tuples, in their order
 */
public record Relation(int oid, String schema, String table, char identity, List<Column> columns) {

    public Relation {
        columns = List.copyOf(columns);
    }

    public String qualifiedName() {
        return schema + "." + table;
    }

    /**
     * A column of a relation.
     *
     * @param identity whether it is part of the replica identity; with identity full every column is
     */
    public record Column(String name, int typeOid, int typeModifier, boolean identity) {}
}
