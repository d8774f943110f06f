package io.twinlog.capture.postgres.changes;

import io.twinlog.capture.postgres.pgoutput.Relation;
import io.twinlog.capture.postgres.value.RelationShape;
import io.twinlog.capture.postgres.value.TypeNames;
import io.twinlog.capture.stream.TableDirectory;
import io.twinlog.capture.stream.TableVersion;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The version of each table that the log is at, as Relation messages describe it. Not thread-safe. */
public final class Relations {

    private record Described(Relation relation, TableVersion version) {}

    private final TableDirectory directory;
    private final TypeNames types;
    private final KeyColumns keys;
    private final Map<Integer, Described> byOid = new HashMap<>();

    public Relations(TableDirectory directory, TypeNames types, KeyColumns keys) {
        this.directory = directory;
        this.types = types;
        this.keys = keys;
    }

    /** The version that a Relation message brought last. */
    TableVersion find(int oid) {
        Described described = byOid.get(oid);
        if (described == null) {
            throw new TwinlogException(
                    Category.BUG,
                    "The log changes the table with oid " + Integer.toUnsignedString(oid)
                            + " without having described it");
        }
        return described.version();
    }

    void type(int oid, String schema, String name) {
        types.put(oid, schema, name);
    }

    /** Takes a description and announces the version if it is not the one announced last. */
    public TableVersion describe(Relation relation) {
        Described before = byOid.get(relation.oid());
        if (before != null && before.relation().equals(relation) && directory.isCurrent(before.version())) {
            return before.version();
        }
        TableVersion version = directory.describe(RelationShape.of(relation, keyOf(relation), types));
        byOid.put(relation.oid(), new Described(relation, version));
        return version;
    }

    private boolean[] keyOf(Relation relation) {
        try {
            return keys.of(relation);
        } catch (SQLException e) {
            throw new TwinlogException(
                    Category.OUTAGE,
                    "The key of table " + relation.qualifiedName() + " could not be read from the source: "
                            + e.getMessage(),
                    e);
        }
    }
}
