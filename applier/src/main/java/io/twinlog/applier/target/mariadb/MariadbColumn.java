package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.dialect.Identifier;
import io.twinlog.applier.target.TargetColumn;
import org.jspecify.annotations.Nullable;

/**
 * A column of a target table.
 *
 * @param charset of a text, or null
 * @param collation of a text, or null
 * @param required whether it holds no null
 * @param generated whether its value is computed
 * @param setOnUpdate whether an update that does not name it sets it to the present time
 */
record MariadbColumn(
        String name,
        MariadbType type,
        @Nullable String charset,
        @Nullable String collation,
        boolean required,
        boolean generated,
        boolean setOnUpdate)
        implements TargetColumn {

    @Override
    public String quoted() {
        return Identifier.quote(name);
    }

    @Override
    public boolean insertOnly() {
        return false;
    }

    /** Whether two values that differ in their bytes may be equal under its collation. */
    boolean foldsText() {
        return charset != null;
    }
}
