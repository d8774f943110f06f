package io.twinlog.sandbox;

/** The signals that the sandbox sends, by the names that {@code kill -s} knows. */
enum Signal {
    INT,
    QUIT,
    TERM,
    KILL,
    STOP,
    CONT
}
