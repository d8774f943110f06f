package io.twinlog.applier.target.mariadb;

import io.twinlog.applier.target.PolicyChecks;
import io.twinlog.applier.target.TargetTable;
import io.twinlog.applier.target.mariadb.MariadbType.Family;
import io.twinlog.schemas.table.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What MariaDB's catalog tells about columns that conflict policies name. */
record MariadbPolicyFacts(Connection connection) implements PolicyChecks.Facts {

    private static final Set<Family> NUMBERS = EnumSet.of(Family.INTEGER, Family.DECIMAL, Family.FLOAT, Family.DOUBLE);

    @Override
    public PolicyChecks.@Nullable Column column(TableId id, String column) throws SQLException {
        TargetTable<MariadbColumn> table = MariadbCatalog.load(connection, id);
        MariadbColumn found = table == null ? null : table.column(column);
        if (found == null) {
            return null;
        }
        Family family = found.type().family();
        return new PolicyChecks.Column(
                NUMBERS.contains(family), family != Family.GEOMETRY && family != Family.BIT && family != Family.JSON);
    }

    @Override
    public List<String> columns(TableId id) throws SQLException {
        TargetTable<MariadbColumn> table = MariadbCatalog.load(connection, id);
        return table == null ? List.of() : List.copyOf(table.columns().keySet());
    }

    @Override
    public String commitTimeUnknown() {
        return "neither MariaDB nor MySQL keeps: name a column";
    }
}
