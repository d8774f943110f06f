package io.twinlog.applier.target;

/** Another session holds the replication's lock. */
public final class LockedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long session;
    private final boolean busy;

    /**
     * @param session the server's number of the session that holds it; 0 if it has just ended
     * @param holder who that is, in words
     * @param busy whether the server executes a statement of it, so that it would not notice if its client were gone
     */
    public LockedException(long session, String holder, boolean busy) {
        super(holder);
        this.session = session;
        this.busy = busy;
    }

    public long session() {
        return session;
    }

    public boolean busy() {
        return busy;
    }
}
