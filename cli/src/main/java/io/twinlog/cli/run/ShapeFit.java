package io.twinlog.cli.run;

import io.twinlog.applier.Targets;
import io.twinlog.applier.progress.ProgressStore;
import io.twinlog.applier.progress.StoredProgress;
import io.twinlog.applier.target.TargetDatabase;
import io.twinlog.cli.config.ApplyConfiguration.ExistingRowsChoice;
import io.twinlog.cli.config.CaptureConfiguration.Snapshot;
import io.twinlog.cli.config.TargetConfiguration;
import io.twinlog.cli.config.TwinlogConfiguration;
import io.twinlog.schemas.check.Check;
import io.twinlog.schemas.table.ReplicaIdentity;
import io.twinlog.schemas.table.TableId;
import io.twinlog.schemas.table.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a target of any vendor has a place for the tables of a source, by the shapes that its events will have. It knows nothing of the
 * source's catalog.
 */
record ShapeFit(TwinlogConfiguration configuration, TargetConfiguration target) {

    /** The checks of all tables, and of what the conflict policies need. */
    List<Check> check(List<TableShape> shapes) throws SQLException {
        TargetDatabase database = Targets.of(
                target.url().jdbc(),
                target.user(),
                target.password().reveal(),
                configuration.replication().text());
        List<Check> checks = new ArrayList<>();
        try (Connection theirs = database.connect("checks")) {
            theirs.setReadOnly(true);
            boolean rowsMatter = rowsWouldBeInTheWay(theirs);
            Map<TableId, ReplicaIdentity> images = new LinkedHashMap<>();
            for (TableShape shape : shapes) {
                boolean exists = !database.existing(theirs, List.of(shape.id())).isEmpty();
                List<String> remedies = database.remedies(theirs, shape);
                if (!remedies.isEmpty()) {
                    checks.add(unfit(shape.id(), exists, remedies));
                } else if (rowsMatter && database.hasRows(theirs, shape.id())) {
                    checks.add(Check.problem(
                            "table " + shape.id(),
                            "The target's table has rows already, and the initial sync would meet them",
                            "Empty it at the target; or set apply.existing.rows to truncate or upsert; or set"
                                    + " capture.snapshot to none"));
                }
                if (exists) {
                    images.put(shape.id(), shape.identity());
                }
            }
            for (String problem : database.policyProblems(
                    theirs, configuration.conflicts().rulesOfApplier(), images.keySet(), images)) {
                checks.add(Check.problem("tables and conflict policies", problem, null));
            }
        }
        return checks;
    }

    /** Where a rule parks events that have no place at the target, that is a decision and no obstacle. */
    private Check unfit(TableId table, boolean exists, List<String> remedies) {
        String subject = "table " + table;
        String message = exists ? "The target's table does not fit the source's" : "The target does not have it";
        String remedy = "At the target: " + String.join(" ", remedies) + " Or leave it out: \"!" + table + "\"";
        return configuration.conflicts().rulesOfApplier().parksMissing(table)
                ? Check.warning(subject, message + "; its events are parked (target_missing)", remedy)
                : Check.problem(subject, message, remedy);
    }

    /** Only before the first start, when existing rows will be copied into tables that must be empty. */
    private boolean rowsWouldBeInTheWay(Connection theirs) throws SQLException {
        if (configuration.capture().snapshot() == Snapshot.NONE
                || configuration.apply().existingRows() != ExistingRowsChoice.FAIL_IF_NOT_EMPTY) {
            return false;
        }
        StoredProgress progress =
                new ProgressStore(theirs, configuration.replication().text()).read();
        return progress == null || progress.seq() == 0;
    }
}
