package io.twinlog.applier.merge;

import io.twinlog.schemas.control.ControlRecord;

/** What a control record costs in memory, roughly. */
final class ControlEntryWeight {

    private ControlEntryWeight() {}

    static int of(ControlRecord record) {
        return 300 + 80 * record.counts().size() + 100 * record.details().size();
    }
}
