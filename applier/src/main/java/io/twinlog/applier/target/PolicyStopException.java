package io.twinlog.applier.target;

import io.twinlog.schemas.conflict.ConflictRecord;
import io.twinlog.schemas.failure.Category;
import io.twinlog.schemas.failure.TwinlogException;
import java.util.List;

/** A policy wants the replication stopped; carries what was found, which must be known before. */
final class PolicyStopException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConflictRecord> records;

    /** @param records of the unit that stops it, settled as STOPPED */
    PolicyStopException(List<ConflictRecord> records) {
        super("Policy stop");
        this.records = List.copyOf(records);
    }

    List<ConflictRecord> records() {
        return records;
    }

    TwinlogException failure() {
        ConflictRecord record = records.get(0);
        return new TwinlogException(
                Category.HALT,
                "Policy stop: conflict " + record.kind().label() + " in table " + record.schema() + "." + record.table()
                        + " at " + record.position() + " (" + record.id() + "). " + record.evidence()
                        + ". Its transaction is not applied; see `twinlog conflicts show " + record.id()
                        + "`. Correct the row of the target, or give another policy to this"
                        + " kind and table (conflicts.rules), then start again.");
    }
}
