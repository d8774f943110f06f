package io.twinlog.sandbox;

/** Ends a wait whose thread was interrupted: the mark stays on the thread, the caller gets an exception that says what it waited for. */
final class Interrupted {
    private Interrupted() {}

    static SandboxException while_(String activity) {
        Thread.currentThread().interrupt();
        return new SandboxException("Interrupted while " + activity);
    }
}
