package io.twinlog.capture.postgres.catalog;

import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import java.util.List;

/**
 * A table as the catalog describes it now. Immutable.
 *
 * @param identity replica identity: d, n, f, i
 * @param columns all columns that exist, in the order of the log
 * @param primaryKey names of the primary key's columns, or empty
 * @param identityIndex names of the replica identity index's columns, or empty
 * @param rows the planner's estimate
 * @param otherIdentities partitions whose replica identity differs from the table's own
 */
public record CatalogTable(
        int oid,
        TableId id,
        boolean partitioned,
        boolean partition,
        boolean unlogged,
        char identity,
        long rows,
        boolean readable,
        boolean owned,
        List<Column> columns,
        List<String> primaryKey,
        List<String> identityIndex,
        List<TableId> otherIdentities) {

    /** A column; {@code generated} is empty, {@code s} (stored) or {@code v} (virtual). */
    public record Column(String name, int typeOid, int typeModifier, String generated, boolean notNull) {}

    /** What the log holds of a row before its change. */
    public ReplicaIdentity detection() {
        return switch (identity) {
            case 'f' -> ReplicaIdentity.FULL;
            case 'd' -> primaryKey.isEmpty() ? ReplicaIdentity.NONE : ReplicaIdentity.KEY;
            case 'i' -> identityIndex.isEmpty() ? ReplicaIdentity.NONE : ReplicaIdentity.KEY;
            default -> ReplicaIdentity.NONE;
        };
    }

    /** {@code "schema"."table"} for SQL. */
    public String quotedName() {
        return quote(id.schema()) + "." + quote(id.table());
    }

    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
