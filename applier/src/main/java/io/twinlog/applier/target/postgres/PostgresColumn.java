package io.twinlog.applier.target.postgres;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.TargetColumn;

/**
 * A column of a target table.
 *
 * @param formatted its type as PostgreSQL prints it, modifiers included
 * @param baseOid the type's oid, for a domain that of its base type
 * @param castName name of the base type without modifiers, usable in a cast
 * @param equals the operator by which keys of the type are found
 * @param generated whether its value is computed
 * @param identityAlways whether it is an identity column that only {@code OVERRIDING SYSTEM VALUE} writes
 * @param required whether an insert must name it: not null without default
 * @param labelled whether it is an enum, or a domain over one
 */
record PostgresColumn(
        String name,
        String formatted,
        int baseOid,
        String castName,
        String equals,
        boolean generated,
        boolean identityAlways,
        boolean required,
        boolean labelled)
        implements TargetColumn {

    @Override
    public String quoted() {
        return Identifier.quote(name);
    }

    @Override
    public boolean insertOnly() {
        return identityAlways;
    }
}
