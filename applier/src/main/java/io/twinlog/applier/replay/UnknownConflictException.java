package io.twinlog.applier.replay;

import java.util.List;

/** Somebody named conflicts that are not on the conflict topic. */
public final class UnknownConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownConflictException(String topic, List<String> ids) {
        super("There is no conflict " + String.join(", ", ids) + " on topic " + topic
                + "; `twinlog conflicts list --state all` shows those there are");
    }
}
