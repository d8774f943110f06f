package io.twinlog.capture.postgres.value;

import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.schemas.table.ColumnShape;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableShape;
import java.util.ArrayList;
import java.util.List;

/** From a Relation message to the shape of its rows. Stateless. */
public final class RelationShape {

    private RelationShape() {}

    /** @param key for each column whether it belongs to the key */
    public static TableShape of(Relation relation, boolean[] key, TypeNames names) {
        List<ColumnShape> columns = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            Relation.Column column = relation.columns().get(i);
            String sqlType = names.sqlType(column.typeOid(), column.typeModifier());
            columns.add(ColumnTypes.shape(column.name(), column.typeOid(), column.typeModifier(), sqlType, key[i]));
        }
        ReplicaIdentity identity = switch (relation.identity()) {
            case 'f' -> ReplicaIdentity.FULL;
            case 'n' -> ReplicaIdentity.NONE;
            default -> ReplicaIdentity.KEY;
        };
        return new TableShape(relation.schema(), relation.table(), identity, columns);
    }
}
